/** What the client takes, gives and says: options, events, states. */
import type { Complete } from '../../schemas/1.0/types/complete.js';
import type { ContentChunk } from '../../schemas/1.0/types/content-chunk.js';
import type { ErrorEvent } from '../../schemas/1.0/types/error.js';
import type { Heartbeat } from '../../schemas/1.0/types/heartbeat.js';
import type { Clock } from './clock.js';
import type { CursorStore } from './cursor.js';
import type { StreamState } from './states.js';

export type { Complete, ContentChunk, ErrorEvent, Heartbeat };

/** Data as a server sent it: the members in `Sure` were checked, the others are what the schema promises, unchecked. */
export type Received<Payload, Sure extends keyof Payload = never> = Readonly<
  Pick<Payload, Sure> & Record<Exclude<keyof Payload, Sure> | (string & {}), unknown>
>;

/** An event of the protocol. `id` is null where the server sent none: heartbeats, in-band refusals. */
export type StreamEvent =
  | { readonly type: 'content_chunk'; readonly id: number | null; readonly data: Received<ContentChunk, 'content'> }
  | { readonly type: 'heartbeat'; readonly id: null; readonly data: Received<Heartbeat> }
  | { readonly type: 'complete'; readonly id: number | null; readonly data: Received<Complete, 'reason'> }
  | { readonly type: 'error'; readonly id: number | null; readonly data: Received<ErrorEvent, 'code'> };

/** A change of state, announced once. */
export interface StateChange {
  readonly state: StreamState;
  readonly previous: StreamState;
  /** Attempts in a row without progress so far, and how many there may be. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** In `reconnecting`: the delay before the next attempt. */
  readonly delayMs?: number;
  /** In `completed`: `complete.reason`; null where the server said that nothing is left (status 204). */
  readonly reason?: string | null;
  /** In `completed`: true where the reason is not `done`, so that the answer is not whole. */
  readonly truncated?: boolean;
  /** In `failed` (and `reconnecting`): a code that names the cause, and a sentence. */
  readonly code?: string;
  readonly message?: string;
}

/** Something a developer wants to know and a user does not. */
export interface Diagnostic {
  readonly code:
    | 'parameter-default'
    | 'protocol-error'
    | 'malformed-id'
    | 'malformed-retry'
    | 'gap'
    | 'duplicate'
    | 'connection-lost';
  readonly message: string;
  /** The parameter that could not be used, by its header's name. */
  readonly parameter?: string;
}

/** Counters and times by the names of the operations chapter. */
export type MetricName =
  | 'sse_streams_started_total'
  | 'sse_total_events_received'
  | 'sse_duplicate_events_total'
  | 'sse_message_loss_total'
  | 'sse_stall_detections_total'
  | 'sse_user_visible_errors_total'
  | 'sse_reconnect_time_ms';

export interface StreamOptions {
  /** `fetch` (default) reads bytes itself; `eventsource` drives the browser's own EventSource. */
  readonly transport?: 'fetch' | 'eventsource';
  /** `POST` creates the stream with `body`; it is resumed by `GET` from the answer's `Content-Location`. */
  readonly method?: 'GET' | 'POST';
  readonly body?: BodyInit;
  /** Evaluated on every attempt, so that a fresh token goes out with each. Only with `fetch`. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  readonly credentials?: RequestCredentials;
  /** The id of the stream; 128 random bits where absent; `false` leaves the URL alone. `{stream_id}` in the URL is filled in. */
  readonly streamId?: string | false;
  readonly traceId?: string;
  /** Resume from here. Wins over `cursorStore`. */
  readonly lastEventId?: number;
  /** Keeps the cursor over a reload; asked only where `streamId` is given. */
  readonly cursorStore?: CursorStore;
  /** Used until the server declares others, in seconds. Default 5, 15. */
  readonly heartbeatInterval?: number;
  readonly silenceThreshold?: number;
  /** Attempts in a row without progress. Default 5. */
  readonly maxReconnectAttempts?: number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
  readonly connectTimeoutMs?: number;
  /** An event larger than this ends the stream with `event_too_large`. Default 4 MiB; at least 1 MiB (EVENT-024). */
  readonly maxEventBytes?: number;
  readonly signal?: AbortSignal;
  /** Called at once for every event, before it is queued for iteration: the fastest way. */
  readonly onEvent?: (event: StreamEvent) => void;
  readonly onState?: (change: StateChange) => void;
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
  readonly onMetric?: (name: MetricName, value: number) => void;
  /** False leaves page visibility and network changes alone. Default true where there is a `document`. */
  readonly wake?: boolean;
  readonly fetch?: typeof fetch;
  readonly EventSource?: typeof EventSource;
  readonly random?: () => number;
  readonly clock?: Clock;
}
