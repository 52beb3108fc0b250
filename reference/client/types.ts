/** What the client takes, gives and says: options, events, states. */
import type { Complete } from '../../schemas/1.0/types/complete.js';
import type { ContentChunk } from '../../schemas/1.0/types/content-chunk.js';
import type { ErrorEvent } from '../../schemas/1.0/types/error.js';
import type { Heartbeat } from '../../schemas/1.0/types/heartbeat.js';
import type { Clock } from './clock.js';
import type { CursorStore } from './cursor.js';
import type { StreamState } from './states.js';

export type { Complete, ContentChunk, ErrorEvent, Heartbeat };

/** A JSON object as a server sent it: its members are what the schema promises, unchecked. */
export type Received<Payload> = Readonly<Record<keyof Payload | (string & {}), unknown>>;

/** An event of the protocol. `id` is null where the server sent none: heartbeats, in-band refusals. */
export type StreamEvent =
  | {
      readonly type: 'content_chunk';
      readonly id: number | null;
      /** Empty where the server sent none. */
      readonly content: string;
      readonly data: Received<ContentChunk>;
    }
  | { readonly type: 'heartbeat'; readonly id: null; readonly data: Received<Heartbeat> }
  | {
      readonly type: 'complete';
      readonly id: number | null;
      /** Null where the server gave none: then the answer is not taken for whole. */
      readonly reason: string | null;
      readonly data: Received<Complete>;
    }
  | {
      readonly type: 'error';
      readonly id: number | null;
      readonly code: string;
      readonly message: string;
      readonly data: Received<ErrorEvent>;
    };

/** An event as it stood on the wire. */
export interface RawMessage {
  /** `message` where it had none. */
  readonly type: string;
  readonly data: string;
  /** Its own id; undefined where it had none, or one that is none in this protocol. */
  readonly id: number | undefined;
}

/** A change of state, announced once. */
export interface StateChange {
  readonly state: StreamState;
  readonly previous: StreamState;
  /** Number of the reconnection attempt in a row, 0 for the first connection, and how many there may be. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** In `reconnecting`: the delay before the next attempt. */
  readonly delayMs?: number;
  /** In `completed`: `complete.reason`; null where it gave none, or said that nothing is left (status 204). */
  readonly reason?: string | null;
  /** In `completed`: true where the reason is not `done`, so that the answer is not whole. */
  readonly truncated?: boolean;
  /** In `failed` (and `reconnecting`): a code that names the cause, and a sentence. */
  readonly code?: string;
  readonly message?: string;
  /** In `failed`: whether a NEW stream may succeed. */
  readonly retryable?: boolean;
}

/** Something a developer wants to know and a user does not. */
export interface Diagnostic {
  readonly code:
    | 'parameter-default'
    | 'protocol-error'
    | 'missing-member'
    | 'malformed-id'
    | 'malformed-retry'
    | 'gap'
    | 'duplicate'
    | 'connection-lost'
    | 'cursor-store';
  readonly message: string;
  /** The parameter that could not be used, by its header's name. */
  readonly parameter?: string;
}

/**
 * Measurements by the names of the operations chapter: what to add to a counter, a time in milliseconds, and when a
 * stream has ended the percentage of its ids that were taken in.
 */
// OPS-007
export type MetricName =
  | 'sse_streams_started_total'
  | 'sse_total_events_received'
  | 'sse_stream_completion_rate'
  | 'sse_duplicate_events_total'
  | 'sse_message_loss_total'
  | 'sse_stall_detections_total'
  | 'sse_user_visible_errors_total'
  | 'sse_reconnect_time_ms';

/** What kind of error a user was shown, as a label of `sse_user_visible_errors_total`. */
export interface MetricLabels {
  readonly category: 'connection_lost' | 'server_error' | 'max_retries_exceeded';
}

export interface StreamOptions {
  /** `fetch` (default) reads bytes itself; `eventsource` drives the browser's own EventSource. */
  readonly transport?: 'fetch' | 'eventsource';
  /** `POST` creates the stream with `body`; it is resumed by `GET` from the answer's `Content-Location`. */
  readonly method?: 'GET' | 'POST';
  readonly body?: BodyInit;
  /** Evaluated on every attempt, so that a fresh token goes out with each; where it fails, so does the attempt. Only with `fetch`. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  readonly credentials?: RequestCredentials;
  /** The id of the stream, unless the URL has one; 128 random bits where absent; `false` leaves the URL alone. `{stream_id}` in the URL is filled in. */
  readonly streamId?: string | false;
  readonly traceId?: string;
  /** Resume from here. Wins over `cursorStore`. */
  readonly lastEventId?: number;
  /** Keeps the cursor over a reload; asked only where `streamId`, or the URL, names the stream. */
  readonly cursorStore?: CursorStore;
  /** Used until the server declares others, in seconds. Default 5, 15. */
  readonly heartbeatInterval?: number;
  readonly silenceThreshold?: number;
  /** Attempts in a row without progress. Default 5. */
  readonly maxReconnectAttempts?: number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
  readonly connectTimeoutMs?: number;
  /** An event larger than this ends the stream with `too_large`. Default 4 MiB; never less than 1 MiB (EVENT-024). */
  readonly maxEventBytes?: number;
  readonly signal?: AbortSignal;
  /** Called at once for every event: the fastest way. What a callback throws is an uncaught error, and harms no stream. */
  readonly onEvent?: (event: StreamEvent) => void;
  /** Every event as it came, duplicates left out: for types of one's own, which `onEvent` never sees. */
  readonly onMessage?: (message: RawMessage) => void;
  readonly onState?: (change: StateChange) => void;
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
  readonly onMetric?: (name: MetricName, value: number, labels?: MetricLabels) => void;
  /** False leaves page visibility and network changes alone. Default true where there is a `document`. */
  readonly wake?: boolean;
  readonly fetch?: typeof fetch;
  readonly EventSource?: typeof EventSource;
  readonly random?: () => number;
  readonly clock?: Clock;
}
