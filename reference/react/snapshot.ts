/** What a component sees of a stream at one moment. */
import type { StateChange, StreamError, StreamEvent, StreamState } from '../client/index.js';

export type HeartbeatData = Extract<StreamEvent, { type: 'heartbeat' }>['data'];
export type CompleteData = Extract<StreamEvent, { type: 'complete' }>['data'];

export interface StreamSnapshot {
  readonly state: StreamState;
  readonly isConnecting: boolean;
  readonly isConnected: boolean;
  readonly isReconnecting: boolean;
  /** Number of the reconnection attempt in a row, and how many there may be. */
  readonly reconnectAttempts: number;
  readonly maxReconnectAttempts: number;
  /** Wall-clock time of the next attempt in `reconnecting`, milliseconds since 1970. */
  readonly nextAttemptTime: number | null;
  /** Wall-clock time of the last event of any type, milliseconds since 1970. */
  readonly lastMessageTime: number | null;
  readonly streamId: string | undefined;
  readonly traceId: string | undefined;
  /** All the content so far. */
  readonly content: string;
  readonly heartbeat: HeartbeatData | null;
  /** Wall-clock time of the last heartbeat, milliseconds since 1970. */
  readonly heartbeatTime: number | null;
  /** True from a recovery on, until the next loss. */
  readonly wasRestored: boolean;
  /** Of a completed stream. */
  readonly reason: string | null;
  readonly isTruncated: boolean;
  readonly error: StreamError | null;
}

export const IDLE: StreamSnapshot = {
  state: 'idle',
  isConnecting: false,
  isConnected: false,
  isReconnecting: false,
  reconnectAttempts: 0,
  maxReconnectAttempts: 0,
  nextAttemptTime: null,
  lastMessageTime: null,
  streamId: undefined,
  traceId: undefined,
  content: '',
  heartbeat: null,
  heartbeatTime: null,
  wasRestored: false,
  reason: null,
  isTruncated: false,
  error: null,
};

/** The snapshot after a change of state. */
export function afterChange(snapshot: StreamSnapshot, change: StateChange, nowMs: number): StreamSnapshot {
  const { state, attempt, maxAttempts, delayMs } = change;
  return {
    ...snapshot,
    state,
    isConnecting: state === 'connecting' && attempt === 0,
    isConnected: state === 'open' || state === 'waiting',
    isReconnecting: state === 'reconnecting' || (state === 'connecting' && attempt > 0),
    reconnectAttempts: attempt,
    maxReconnectAttempts: maxAttempts,
    nextAttemptTime: delayMs === undefined ? null : nowMs + delayMs,
    wasRestored: state === 'reconnecting' ? false : snapshot.wasRestored || (state === 'open' && attempt > 0),
    reason: change.reason ?? null,
    isTruncated: change.truncated ?? false,
  };
}
