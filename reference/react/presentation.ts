/** How the states are shown: the four indicators and the five messages of the chapter on states. */
import type { StreamSnapshot } from './snapshot.js';

export interface Indicator {
  readonly name: 'connected' | 'connecting' | 'reconnecting' | 'disconnected';
  readonly label: string;
}

type Shown = Pick<
  StreamSnapshot,
  | 'state'
  | 'isConnecting'
  | 'isConnected'
  | 'isReconnecting'
  | 'reconnectAttempts'
  | 'maxReconnectAttempts'
  | 'wasRestored'
  | 'reason'
  | 'isTruncated'
  | 'error'
>;

/** One of four; the label goes with the colour, never the colour alone. */
export function indicatorOf(snapshot: Shown): Indicator {
  if (snapshot.isConnected) {
    return { name: 'connected', label: 'Connected' };
  }
  if (snapshot.isReconnecting) {
    return { name: 'reconnecting', label: 'Reconnecting' };
  }
  return snapshot.isConnecting
    ? { name: 'connecting', label: 'Connecting' }
    : { name: 'disconnected', label: 'Disconnected' };
}

/** What the user is told; empty where there is nothing to tell. */
export function messageOf(snapshot: Shown): string {
  switch (snapshot.state) {
    case 'idle':
    case 'closed':
      return '';
    case 'connecting':
      return snapshot.isReconnecting
        ? `Waiting for server response... (retry ${snapshot.reconnectAttempts}/${snapshot.maxReconnectAttempts})`
        : '';
    case 'open':
      return snapshot.wasRestored ? 'Connection restored - resuming stream...' : '';
    case 'waiting':
      return 'Waiting for server response...';
    case 'reconnecting':
      return 'Connection lost - attempting to reconnect...';
    case 'completed':
      // END-011
      return snapshot.isTruncated ? `Response incomplete: ${whyTruncated(snapshot.reason)}` : 'Response complete';
    case 'failed':
      return snapshot.error?.code === 'attempts'
        ? 'Failed to connect. Please refresh.'
        : (snapshot.error?.message ?? 'The stream failed');
  }
}

function whyTruncated(reason: string | null): string {
  switch (reason) {
    case 'duration_cap':
      return 'the time limit was reached';
    case 'length':
      return 'the limit of length was reached';
    case 'cancelled':
      return 'it was cancelled';
    default:
      return reason === null ? 'the server did not say why' : `the server gave the reason "${reason}"`;
  }
}
