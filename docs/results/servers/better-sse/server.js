/** A finite stream of words on better-sse, as its documentation shows sessions, events and ids. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createSession } from 'better-sse';

const words = 'The tide comes in twice a day because the moon pulls at the sea and the earth turns under it'.split(' ');

const server = createServer(async (request, response) => {
  const session = await createSession(request, response);
  for (const [index, word] of words.entries()) {
    if (!session.isConnected) return;
    session.push({ content: `${word} ` }, 'content_chunk', String(index + 1));
    await wait(100);
  }
  if (!session.isConnected) return;
  session.push({ reason: 'done', total_chunks: words.length }, 'complete', String(words.length + 1));
  response.end();
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/stream`);
});
