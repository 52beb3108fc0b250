/** React bindings of the reference client: `useSSEStream`, and how its states are shown. */
export { StreamError, type StreamState } from '../client/index.js';
export { type Indicator, indicatorOf, messageOf } from './presentation.js';
export type { CompleteData, HeartbeatData, StreamSnapshot } from './snapshot.js';
export type { StreamCallbacks } from './stream-session.js';
export { type StreamTarget, type UseSSEStream, type UseSSEStreamOptions, useSSEStream } from './use-sse-stream.js';
