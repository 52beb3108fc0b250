/** A stream over node:http. `node server-node.mjs`, then open the URL that it prints. */
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { answerClientError, createStreamHandler } from 'resilient-sse/server';

const handler = createStreamHandler({
  maxSeconds: 60,
  // Called once a stream, however many readers come and go. In its place: the stream of a model's client.
  produce: async function* produce(request, { signal }) {
    const question = request.url.searchParams.get('query') ?? 'nothing';
    for (const word of `You asked about ${question}, and here is what there is to say.`.split(' ')) {
      await setTimeout(50, undefined, { signal });
      yield `${word} `;
    }
    return { reason: 'done', sources: ['https://example.com/'] };
  },
});

const server = createServer(handler.listener);
server.on('clientError', answerClientError);
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/answers?query=tides`);
});

process.once('SIGTERM', async () => {
  server.close();
  await handler.close(5000);
  server.closeIdleConnections();
});
