/** A finite stream of words on hono, as its documentation shows streamSSE. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

const words = 'The tide comes in twice a day because the moon pulls at the sea and the earth turns under it'.split(' ');

const app = new Hono();
app.get('/stream', (context) =>
  streamSSE(context, async (stream) => {
    for (const [index, word] of words.entries()) {
      if (stream.aborted) return;
      await stream.writeSSE({
        event: 'content_chunk',
        id: String(index + 1),
        data: JSON.stringify({ content: `${word} ` }),
      });
      await stream.sleep(100);
    }
    await stream.writeSSE({
      event: 'complete',
      id: String(words.length + 1),
      data: JSON.stringify({ reason: 'done', total_chunks: words.length }),
    });
  }),
);
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 0) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/stream`);
});
