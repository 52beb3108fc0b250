/** A client of a few lines on eventsource, as its documentation shows it. */
import { EventSource } from 'eventsource';

const report = (line) => console.log(JSON.stringify(line));

const source = new EventSource(process.env.SSE_URL);
for (const type of ['content_chunk', 'complete']) {
  source.addEventListener(type, ({ lastEventId: id, data }) => {
    report({ type: 'event', event: type, id, data });
    if (type === 'complete') source.close();
  });
}
// Events of the server's of type `error` arrive here, too; they alone have data.
source.addEventListener('error', ({ data, lastEventId: id, code, message }) => {
  if (data !== undefined) {
    report({ type: 'event', event: 'error', id, data });
    source.close();
  } else if (source.readyState === EventSource.CLOSED) {
    report({ type: 'error', code: String(code ?? 'closed'), message });
  }
});
