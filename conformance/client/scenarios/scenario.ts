/** The contract of a client scenario: data that the kit's scripted server plays, connection by connection. */

/** Parameters the scripted server declares, in seconds. */
export interface PlayedParameters {
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly maxSeconds: number;
}

/** An event of the played stream; `data` is sent as it is. */
export interface PlayedEvent {
  readonly type: string;
  readonly id?: string;
  readonly data: string;
}

/** How bytes are cut into writes: a number of bytes per write, or whole. Each write is flushed on its own. */
export type Chunking = number | 'whole';

export type Step =
  /** Plays the scenario's stream from after the client's cursor up to and including the id, one write an event. */
  | {
      readonly do: 'play';
      readonly upToId: number;
      readonly ignoreCursor?: boolean;
      readonly skipIds?: readonly number[];
      readonly everyMs?: number;
    }
  /** Sends these bytes as they are. */
  | { readonly do: 'send'; readonly bytes: string | Uint8Array; readonly chunking?: Chunking }
  /** Sends one heartbeat with the declared parameters, or with others. */
  | { readonly do: 'heartbeat'; readonly declare?: Partial<PlayedParameters>; readonly bare?: boolean }
  /** Sends heartbeats at the declared interval for that long. */
  | { readonly do: 'heartbeats'; readonly forMs: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Sends nothing and leaves the socket open until the client closes it, or that long. */
  | { readonly do: 'stall'; readonly atMostMs: number }
  | { readonly do: 'end'; readonly how: 'eof' | 'reset' | 'truncate' };

/** What one request gets. */
export type Answer =
  | {
      readonly kind: 'stream';
      readonly status?: number;
      /** Over the protocol's headers; null leaves one out. */
      readonly headers?: Readonly<Record<string, string | null>>;
      readonly steps: readonly Step[];
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is accepted and closed (or reset) before any byte of an answer. */
  | { readonly kind: 'drop'; readonly how: 'close' | 'reset' }
  /** The request is read and never answered. */
  | { readonly kind: 'silence' };

export interface ClientScenario {
  readonly name: string;
  /** One sentence: what the server does to the client. */
  readonly does: string;
  readonly parameters: PlayedParameters;
  /** The logical stream, ids ascending, the terminal event last. */
  readonly stream: readonly PlayedEvent[];
  /** Answers to the first, second, … request. The last one repeats. */
  readonly answers: readonly Answer[];
  /** How long the kit watches after the last expected request or byte, to see that nothing follows. */
  readonly settleMs: number;
  /** Bound on the whole scenario. */
  readonly atMostMs: number;
  /** True where it cannot be scaled down because the client's defaults are under test. */
  readonly realTime?: boolean;
}
