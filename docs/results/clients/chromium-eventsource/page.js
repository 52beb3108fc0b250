/** A client of a few lines on the browser's own EventSource. */
const { conformance } = globalThis;

const source = new EventSource(conformance.url);
for (const type of ['content_chunk', 'complete']) {
  source.addEventListener(type, ({ lastEventId: id, data }) => {
    conformance.report({ type: 'event', event: type, id, data });
    if (type === 'complete') end();
  });
}
// Events of the server's of type `error` arrive here, too; they alone have data.
source.addEventListener('error', ({ data, lastEventId: id }) => {
  if (data !== undefined) {
    conformance.report({ type: 'event', event: 'error', id, data });
    end();
  } else if (source.readyState === EventSource.CLOSED) {
    conformance.report({ type: 'error', code: 'closed', message: 'the browser gave up' });
    conformance.done();
  }
});

function end() {
  source.close();
  conformance.done();
}
