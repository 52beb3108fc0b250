/** Hono's streamSSE on its server for Node. It has no channel: a broadcast is a write to each. */
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { payload } from '../events.js';

export function create() {
  const streams = [];
  const over = [];
  const app = new Hono();
  const send = (stream, round) =>
    stream.writeSSE({ id: String(round), event: 'content_chunk', data: JSON.stringify(payload(round)) });
  app.get('/', (context) =>
    streamSSE(context, async (stream) => {
      await send(stream, 0);
      streams.push(stream);
      await new Promise((resolve) => over.push(resolve));
    }),
  );
  return {
    server: createAdaptorServer({ fetch: app.fetch }),
    tick: (round) => Promise.all(streams.map((stream) => send(stream, round))),
    finish: () => {
      for (const resolve of over) resolve();
    },
  };
}
