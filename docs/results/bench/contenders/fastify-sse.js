/** Fastify with @fastify/sse. It has no channel: a broadcast is a send to each. */
import sse from '@fastify/sse';
import fastify from 'fastify';
import { payload } from '../events.js';

export async function create() {
  const replies = [];
  const app = fastify();
  await app.register(sse);
  app.get('/', { sse: 'only' }, async (_request, reply) => {
    reply.sse.keepAlive();
    await reply.sse.send({ id: '0', event: 'content_chunk', data: payload(0) });
    replies.push(reply);
  });
  await app.ready();
  return {
    server: app.server,
    tick: (round) =>
      Promise.all(
        replies.map((reply) => reply.sse.send({ id: String(round), event: 'content_chunk', data: payload(round) })),
      ),
    finish: () => {
      for (const reply of replies) reply.sse.close();
    },
  };
}
