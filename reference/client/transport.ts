/** What one connection is to the stream: a request out, messages in, one ending. */
import type { Clock } from './clock.js';

export interface ConnectionRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: BodyInit;
  /** 0 where there is none yet. */
  readonly cursor: number;
  readonly headers: Headers;
  readonly credentials?: RequestCredentials;
  readonly connectTimeoutMs: number;
  readonly maxEventBytes: number;
}

/** How a connection ended. Only `cut` and retried statuses lead to another attempt. */
export type ConnectionEnd =
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'media-type'; readonly mediaType: string }
  | { readonly kind: 'too-large'; readonly message: string };

export interface ConnectionSink {
  /** The answer is an event stream. */
  accepted(header: (name: string) => string | null): void;
  /** A whole event; false stops the connection at once. */
  message(type: string, data: string, id: string | undefined): boolean;
  /** A `retry` field: its milliseconds, or its text where it is malformed. */
  retry(value: number | string): void;
  /** A native EventSource shows on a later event the id of one that nobody listened to. */
  seen(id: string): void;
  /** Where it is a promise, the connection reads on only after it. */
  room(): Promise<void> | undefined;
  /** Once, and never after `close`. */
  ended(end: ConnectionEnd): void;
}

/** Opens a connection at once; the result closes it for good: no callback afterwards. */
export type Transport = (request: ConnectionRequest, sink: ConnectionSink, clock: Clock) => () => void;

// HTTP-036
/** True for the media type itself, whatever its parameters; a longer name with the same beginning is another type. */
export function isEventStream(contentType: string | null): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream';
}
