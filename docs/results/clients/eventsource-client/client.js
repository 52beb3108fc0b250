/** A client of a few lines on eventsource-client, as its documentation shows it. */
import { createEventSource } from 'eventsource-client';

const source = createEventSource(process.env.SSE_URL);
for await (const { event = 'message', id = null, data } of source) {
  if (event === 'heartbeat') continue;
  console.log(JSON.stringify({ type: 'event', event, id, data }));
  if (event === 'complete' || event === 'error') break;
}
source.close();
