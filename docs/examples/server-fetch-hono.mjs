/** A stream in Hono. The same `fetch` mounts wherever a Request comes in and a Response goes out: Next.js, Deno, Bun. */
import { setTimeout } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createStreamHandler } from 'resilient-sse/server';

const answers = createStreamHandler({
  produce: async function* produce(_request, { signal }) {
    for (const word of ['Small ', 'frameworks ', 'do, ', 'too.']) {
      await setTimeout(50, undefined, { signal });
      yield word;
    }
  },
});

const app = new Hono();
app.get('/', (context) => context.text('Streams are at /answers.'));
app.all('/answers', ({ req }) => answers.fetch(req.raw));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 0), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/answers`);
});
