/** A finite stream of words on express-sse, with one instance a request: the library broadcasts otherwise. */
import { setTimeout as wait } from 'node:timers/promises';
import express from 'express';
import SSE from 'express-sse';

const words = 'The tide comes in twice a day because the moon pulls at the sea and the earth turns under it'.split(' ');

const app = express();
app.get('/stream', async (request, response) => {
  const sse = new SSE();
  sse.init(request, response);
  for (const [index, word] of words.entries()) {
    if (response.destroyed) return;
    sse.send({ content: `${word} ` }, 'content_chunk', String(index + 1));
    await wait(100);
  }
  sse.send({ reason: 'done', total_chunks: words.length }, 'complete', String(words.length + 1));
  response.end();
});
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/stream`);
});
