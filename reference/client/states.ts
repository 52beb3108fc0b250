/** The eight connection states and the transitions between them, as in spec/1.0/state-machines/client.json. */

export type StreamState =
  // STATE-001
  'idle' | 'connecting' | 'open' | 'waiting' | 'reconnecting' | 'completed' | 'failed' | 'closed';

// STATE-002
export const transitions: Readonly<Record<StreamState, readonly StreamState[]>> = {
  idle: ['connecting', 'closed'],
  connecting: ['open', 'reconnecting', 'completed', 'failed', 'closed'],
  open: ['waiting', 'reconnecting', 'completed', 'failed', 'closed'],
  waiting: ['open', 'reconnecting', 'failed', 'closed'],
  reconnecting: ['connecting', 'closed'],
  // STATE-007
  completed: [],
  failed: [],
  closed: [],
};

export function isFinal(state: StreamState): boolean {
  return transitions[state].length === 0;
}
