/** A finite stream of words on @fastify/sse, as its documentation shows an async generator. */
import { setTimeout as wait } from 'node:timers/promises';
import sse from '@fastify/sse';
import Fastify from 'fastify';

const words = 'The tide comes in twice a day because the moon pulls at the sea and the earth turns under it'.split(' ');

async function* speak() {
  for (const [index, word] of words.entries()) {
    yield { event: 'content_chunk', id: String(index + 1), data: { content: `${word} ` } };
    await wait(100);
  }
  yield { event: 'complete', id: String(words.length + 1), data: { reason: 'done', total_chunks: words.length } };
}

const app = Fastify({ forceCloseConnections: true });
await app.register(sse);
app.get('/stream', { sse: 'only' }, async (_request, reply) => {
  await reply.sse.send(speak());
});
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0) });
console.log(`http://127.0.0.1:${app.server.address().port}/stream`);
