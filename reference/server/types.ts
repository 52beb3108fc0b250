/** What an application hands to the server, and what the parts of the server hand to each other. */

export type Awaitable<T> = T | Promise<T>;

export type HeaderMap = Readonly<Record<string, string>>;

/** A request, whatever carried it: node:http, HTTP/2 or a WHATWG `Request`. All of it is untrusted. */
export interface StreamRequest {
  readonly method: string;
  readonly url: URL;
  /** Value of a header by its lower-case name; repeated fields come joined with a comma. */
  header(name: string): string | undefined;
  /** Body of a `POST`, at most `maxBodyBytes` long; otherwise ''. */
  readonly body: string;
  /** 1 or 2; a WHATWG request does not tell and counts as 1. */
  readonly httpMajor: number;
  readonly remoteAddress: string;
}

/** One piece of a generation. Members beyond `content` travel in the event as they are. */
export type Chunk = string | { readonly content: string; readonly [member: string]: unknown };

/** What a generation may return: why it stopped, and members for `complete`, such as `sources`. */
export type Outcome = { readonly reason?: 'done' | 'length' | `x-${string}`; readonly [member: string]: unknown };

export interface ProduceContext {
  /** Aborted at the cap, on `DELETE` and on shutdown. */
  readonly signal: AbortSignal;
  readonly traceId: string;
  readonly streamId: string;
}

/** The application's generator. It is called once per stream, however many readers come and go. */
export type Produce = (
  request: StreamRequest,
  context: ProduceContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a generator without a return statement returns void
) => AsyncIterable<Chunk, Outcome | undefined | void>;

/** Thrown by `produce` when readers may see why: its code and message go out in the `error` event. */
export class GenerationError extends Error {
  override readonly name = 'GenerationError';
  constructor(
    readonly code: string,
    message: string,
    /** Whether a NEW stream is worth a try. */
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

/** A request answered with a 4xx or 5xx before a stream starts. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    /** Machine-readable, becomes the problem's `type`. */
    readonly code: string,
    message: string,
    readonly headers: HeaderMap = {},
  ) {
    super(message);
  }
}

/** Answer of the authorization hook. Streams are found only by the principal that created them. */
export type Authorization =
  | { readonly principal: string }
  | { readonly refuse: 401 | 403; readonly detail?: string; readonly challenge?: string };

export type Authorize = (request: StreamRequest, streamId: string | null) => Awaitable<Authorization>;

/** What is fixed at the creation of a stream. */
export interface StreamRecord {
  readonly streamId: string;
  readonly traceId: string;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
  /** The cap, seconds. */
  readonly maxSeconds: number;
  /** The query it was created with, without `stream_id` and `last_event_id`. */
  readonly parameters: string;
  /** Digest of the body it was created with; '' without one. */
  readonly bodyDigest: string;
}

/** An event of the stream itself: heartbeats and refusals belong to a connection and are never stored. */
export interface StoredEvent {
  readonly id: number;
  readonly type: string;
  /** One line of JSON. */
  readonly data: string;
}

export const isTerminal = (event: { readonly type: string }): boolean =>
  event.type === 'complete' || event.type === 'error';

/** Parameters the server declares. Seconds, except where the name says otherwise. */
export interface Settings {
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly maxSeconds: number;
  /** How long a stream stays readable after its terminal event. */
  readonly retention: number;
  readonly maxBufferedBytes: number;
  readonly maxBodyBytes: number;
  readonly maxReadersPerStream: number;
  /** Origins that may read; `*` for any, without credentials. */
  readonly allowedOrigins: '*' | readonly string[];
  readonly adaptiveHeartbeat: boolean;
  readonly gzip: boolean;
}
