/** The contract of a client scenario: data that the kit's scripted server plays, connection by connection. */

/** Parameters the scripted server declares, in seconds. */
export interface PlayedParameters {
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly maxSeconds: number;
}

/** An event of the played stream; `{trace_id}` in the data is replaced by the trace id of the stream, nothing else. */
export interface PlayedEvent {
  readonly type: string;
  readonly id?: string;
  /** An array is sent as several `data` lines. */
  readonly data: string | readonly string[];
  /** `{pad}` in the data becomes so many `x` that the block has this many bytes, blank line included. */
  readonly blockBytes?: number;
}

/** How bytes are cut into writes: a number of bytes per write, whole, or between the CR and the LF of each CRLF. */
export type Chunking = number | 'whole' | 'between-cr-and-lf';

/** How the events of a connection are written. */
export interface Writing {
  /** Default LF. */
  readonly lineEnd?: '\n' | '\r' | '\r\n';
  readonly bom?: boolean;
  /** False leaves out the space after the colon. */
  readonly space?: boolean;
  /** Default `whole`: one write an event. Each write is flushed on its own. */
  readonly chunking?: Chunking;
}

/** What the kit tells the driver to do to the client's page, where it has one. */
export type Cue = 'hide' | 'wake';

export type Step =
  /** Plays the scenario's stream from after the client's cursor up to and including the id, one write an event. */
  | {
      readonly do: 'play';
      readonly upToId: number;
      readonly ignoreCursor?: boolean;
      /** Begins with this id whatever the cursor. */
      readonly fromId?: number;
      readonly skipIds?: readonly number[];
      readonly everyMs?: number;
    }
  /** Sends these bytes as they are; `{trace_id}` in text is replaced. */
  | { readonly do: 'send'; readonly bytes: string | Uint8Array; readonly chunking?: Chunking }
  /** Sends one heartbeat with the declared parameters, or with others. */
  | { readonly do: 'heartbeat'; readonly declare?: Partial<PlayedParameters>; readonly bare?: boolean }
  /** Sends heartbeats at the declared interval for that long, or another event in their place. */
  | { readonly do: 'heartbeats'; readonly forMs: number; readonly instead?: PlayedEvent }
  | { readonly do: 'wait'; readonly ms: number }
  /** Sends nothing and leaves the socket open until the client closes it, or that long. */
  | { readonly do: 'stall'; readonly atMostMs: number }
  /** Notes `cue-<name>` and `cue-<name>-atMs`; may stand after `end`. */
  | { readonly do: 'cue'; readonly cue: Cue }
  | { readonly do: 'end'; readonly how: 'eof' | 'reset' | 'truncate' };

/** What one request gets. */
export type Answer =
  | {
      readonly kind: 'stream';
      readonly status?: number;
      /** Over the protocol's headers; null leaves one out. */
      readonly headers?: Readonly<Record<string, string | null>>;
      readonly writing?: Writing;
      readonly steps: readonly Step[];
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      /** `{self}` in a value is the path and query of the request, `{date+4}` the date 4 s from now. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is accepted and closed (or reset) before any byte of an answer. */
  | { readonly kind: 'drop'; readonly how: 'close' | 'reset' }
  /** The request is read and never answered; after `atMostMs` the connection is closed. */
  | { readonly kind: 'silence'; readonly atMostMs: number };

export interface ClientScenario {
  readonly name: string;
  /** One sentence: what the server does to the client. */
  readonly does: string;
  readonly parameters: PlayedParameters;
  /** The logical stream, ids ascending, the terminal event last. */
  readonly stream: readonly PlayedEvent[];
  /** Answers to the first, second, … request. The last one repeats. */
  readonly answers: readonly Answer[];
  /** False where the URL names no stream, so that the client may choose one. */
  readonly namesStream?: boolean;
  /** True where the client is started again, with the same URL, when it has ended by itself; notes `started-again-atMs`. */
  readonly startsAgain?: boolean;
  /** How long the kit watches after the last expected request or byte, to see that nothing follows. */
  readonly settleMs: number;
  /** Requests after which there is no more to see of a client that does not stop asking. */
  readonly enoughRequests: number;
  /** Bound on the whole scenario. */
  readonly atMostMs: number;
  /** True where it cannot be scaled down because the client's defaults are under test. */
  readonly realTime?: boolean;
}
