/** The reference client: `connectStream(url, options)` for browsers and Node. */
import { eventSourceTransport } from './eventsource-transport.js';
import { fetchTransport } from './fetch-transport.js';
import { ResilientStream } from './stream.js';
import type { StreamOptions } from './types.js';

export type { Clock } from './clock.js';
export { type CursorStore, storageCursorStore } from './cursor.js';
export { StreamError } from './errors.js';
export { isFinal, type StreamState, transitions } from './states.js';
export type { ResilientStream } from './stream.js';
export type * from './types.js';

/**
 * Connects at once. Iterate it for events (`for await`), listen to `state` for changes of state (a `CustomEvent` whose
 * `detail` is a `StateChange`), or hand in `onEvent` and `onState`. A stream that fails throws a `StreamError` to the
 * loop after its last event; `close()` or leaving the loop ends it quietly.
 *
 * @throws TypeError where `transport: 'eventsource'` is asked for and there is no EventSource.
 */
export function connectStream(url: string, options: StreamOptions = {}): ResilientStream {
  const transport =
    options.transport === 'eventsource'
      ? eventSourceTransport(options.EventSource ?? globalThis.EventSource)
      : fetchTransport(options.fetch ?? globalThis.fetch);
  const stream = new ResilientStream(url, options, transport);
  // One turn later, so that the caller can listen first.
  queueMicrotask(() => stream.start());
  return stream;
}
