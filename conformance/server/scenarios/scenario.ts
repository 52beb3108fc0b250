/** The contract of a server scenario: a stimulus that leaves connections in a transcript. It judges nothing. */
import type { Ending, RecordedResponse } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';

/** What a URL of the target is good for; the target's own URL is `stream`. */
export type OccasionName =
  | 'stream'
  | 'cap'
  | 'error'
  | 'evicted'
  | 'long'
  | 'flood'
  | 'create'
  | 'conflict'
  | 'limit'
  | 'injection'
  | 'shutdown';

export interface OpenOptions {
  /** Names the connection in the transcript. */
  readonly label: string;
  readonly method?: string;
  /** Added to the target's own headers; a null value removes one. Repeated values as an array. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Cursor in the `Last-Event-ID` header, as sent, '' included. */
  readonly cursorHeader?: string;
  /** Cursor in `?last_event_id=`, as sent; an array repeats the parameter. */
  readonly cursorQuery?: string | readonly string[];
  /** Another stream than the scenario's own, as sent (it is percent-encoded on the way); null leaves it out. */
  readonly streamId?: string | null;
  /** The URL of another occasion than the scenario's own. */
  readonly occasion?: OccasionName;
  /** A path or URL of the same origin that the target named, such as a `Content-Location`, taken as it is. */
  readonly url?: string;
  /** Whose credentials: the target's configured headers (default), none, or those of the second principal. */
  readonly credentials?: 'own' | 'none' | 'other';
  readonly body?: string;
  /** Stop reading from the socket after this many body bytes, to act as a slow reader. */
  readonly pauseAfterBytes?: number;
  /** Offer HTTP/2, where TLS lets the target choose. */
  readonly http2?: boolean;
  /** Give up after this long; default the scenario's own time. */
  readonly timeoutMs?: number;
}

/** A live connection. Everything on it is recorded, whatever the scenario does. */
export interface Visit {
  readonly label: string;
  /** The head of the answer; null where the connection ended without one. Never rejects. */
  readonly response: Promise<RecordedResponse | null>;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Events so far, undispatched blocks included. */
  readonly events: readonly WireEvent[];
  /** Resolves with the first event (past or to come) that matches, undefined when the connection ends first. */
  until(matches: (event: WireEvent) => boolean): Promise<WireEvent | undefined>;
  /** The kit closes: destroys the socket. Resolves when recorded. */
  close(): Promise<Ending>;
  /** Reads on after `pauseAfterBytes`. */
  resume(): void;
}

/** What a scenario works with. */
export interface Stage {
  /** The stream id the kit chose for this scenario; after the first answer the server's, with `--no-stream-id`. */
  readonly streamId: string;
  /** False with `--no-stream-id`: the target chooses, and a fresh stream is one that no id is sent for. */
  readonly choosesStreamId: boolean;
  /** True where the credentials of a second principal were configured. */
  readonly hasOtherCredentials: boolean;
  /** Resolves when `streamId` is known: at once where the kit chose it, else with the first answer. */
  identified(): Promise<void>;
  /** The id for a further stream of this scenario, to be given as `OpenOptions.streamId`; null where the target chooses. */
  freshStreamId(): string | null;
  /** Aborted when the run's time is up: `open`, `until` and `pause` then resolve at once. */
  readonly signal: AbortSignal;
  /** Milliseconds since the scenario began. */
  elapsedMs(): number;
  open(options: OpenOptions): Visit;
  note(name: string, value: string | number | boolean | null): void;
  /** Tells the target to shut down; only for scenarios that require it. */
  shutdown(): Promise<void>;
  /** Waits where the stimulus itself is a pause (never to wait for something to have happened). */
  pause(ms: number): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** One sentence: what it does to the server. */
  readonly does: string;
  /** The URL it needs. `stream` is always there; another falls back to `stream` only where `fallback` is true. */
  readonly occasion: OccasionName;
  readonly fallback?: boolean;
  /**
   * What must have been configured besides the URL. What requires `shutdown` runs alone and last; `http2` is there with
   * `https:`, where the target may choose it, and with `--http2`.
   */
  readonly requires?: 'credentials' | 'shutdown' | 'http2';
  /** Connections that it holds open at the same time, for the scheduler. */
  readonly connections: number;
  /** Longer ones start first. `cap`: lasts until the target's cap; `stream`: as long as its stream; `short`: seconds. */
  readonly lasts: 'cap' | 'stream' | 'short';
  run(stage: Stage): Promise<void>;
}
