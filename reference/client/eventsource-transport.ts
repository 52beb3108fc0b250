/** One connection by the browser's own EventSource, closed by us before it can reconnect by itself. */
import type { Transport } from './transport.js';

const TYPES = ['content_chunk', 'heartbeat', 'complete', 'error', 'message'] as const;

/**
 * EventSource shows neither status nor headers nor `retry`, and hides events of types nobody listens to; what follows
 * from that stands in the chapter on native EventSource. Every loss is handled by the stream, with its own backoff and
 * the cursor in the query, instead of the browser's fixed delay.
 */
export function eventSourceTransport(EventSourceImpl: typeof EventSource): Transport {
  return (request, sink, clock) => {
    const url = new URL(request.url, globalThis.location?.href);
    if (request.cursor > 0) {
      url.searchParams.set('last_event_id', String(request.cursor));
    }
    // RETRY-021
    const source = new EventSourceImpl(url.href, { withCredentials: request.credentials === 'include' });
    let open = true;
    let lastId = '';
    const close = (): void => {
      open = false;
      cancelTimeout();
      source.close();
    };
    const lose = (message: string): void => {
      if (open) {
        close();
        sink.ended({ kind: 'cut', message });
      }
    };
    const cancelTimeout = clock.after(request.connectTimeoutMs, () =>
      lose(`no answer within ${request.connectTimeoutMs / 1000} s`),
    );
    const take = (type: (typeof TYPES)[number], event: MessageEvent<string>): void => {
      const repeated = event.lastEventId === lastId;
      lastId = event.lastEventId;
      if (type === 'heartbeat' && !repeated) {
        sink.seen(lastId);
      }
      if (!sink.message(type, event.data, ownId(type, lastId, repeated)) && open) {
        close();
      }
    };
    source.addEventListener('open', () => {
      cancelTimeout();
      sink.accepted(() => null);
    });
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        if (!open) {
          return;
        }
        // END-012: with data it is the server's event, without it is the transport's.
        if (event instanceof MessageEvent && typeof event.data === 'string') {
          take(type, event);
        } else if (type === 'error') {
          lose(source.readyState === source.CLOSED ? 'the browser gave up on the answer' : 'the connection was lost');
        }
      });
    }
    return close;
  };
}

/**
 * `lastEventId` is sticky: an event without an id repeats the one before, or that of an event nobody listened to. A
 * heartbeat never has one of its own; a terminal event that repeats one has none either, and must not pass for a
 * duplicate. On any other type a repeated id is a duplicate.
 */
// DEDUPE-002
function ownId(type: (typeof TYPES)[number], lastEventId: string, repeated: boolean): string | undefined {
  const terminal = type === 'complete' || type === 'error';
  return lastEventId === '' || type === 'heartbeat' || (terminal && repeated) ? undefined : lastEventId;
}
