/** A client of a few lines on fetch-event-source, as its documentation shows it: fatal and retriable errors apart. */
import { EventStreamContentType, fetchEventSource } from '@microsoft/fetch-event-source';

const { conformance } = globalThis;

class RetriableError extends Error {}
class FatalError extends Error {}

const controller = new AbortController();
try {
  await fetchEventSource(conformance.url, {
    signal: controller.signal,
    async onopen(response) {
      if (response.ok && response.headers.get('content-type') === EventStreamContentType) return;
      if (response.status >= 400 && response.status < 500 && response.status !== 429) {
        throw new FatalError(`status ${response.status}`);
      }
      throw new RetriableError();
    },
    onmessage({ event, id, data }) {
      if (!['content_chunk', 'complete', 'error'].includes(event)) return;
      conformance.report({ type: 'event', event, id, data });
      if (event === 'complete') controller.abort();
      if (event === 'error') throw new FatalError(data);
    },
    onclose() {
      throw new RetriableError();
    },
    onerror(error) {
      if (error instanceof FatalError) throw error;
    },
  });
} catch (error) {
  conformance.report({ type: 'error', code: error.name, message: error.message });
}
conformance.done();
