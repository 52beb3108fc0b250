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
    source.addEventListener('open', () => {
      cancelTimeout();
      sink.accepted(() => null);
    });
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        // END-012: with data it is the server's event, without it is the transport's.
        if (open && event instanceof MessageEvent && typeof event.data === 'string') {
          if (!sink.message(type, event.data, idOf(type, event.lastEventId))) {
            close();
          }
        } else if (type === 'error') {
          lose(source.readyState === source.CLOSED ? 'the browser gave up on the answer' : 'the connection was lost');
        }
      });
    }
    return close;
  };
}

/**
 * `lastEventId` is sticky: an event that brings no id repeats the one before. It is the event's own only on types that
 * always carry one; a refusal's `error` carries none, and the end of a stream needs no deduplication.
 */
// DEDUPE-002
function idOf(type: string, lastEventId: string): string | undefined {
  return type === 'content_chunk' || type === 'complete' ? lastEventId : undefined;
}
