/** A finite stream of words on node:http alone, written by hand as most servers are. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const words = 'The tide comes in twice a day because the moon pulls at the sea and the earth turns under it'.split(' ');

const server = createServer(async (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const write = (type, id, data) => response.write(`event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  for (const [index, word] of words.entries()) {
    if (response.destroyed) return;
    write('content_chunk', index + 1, { content: `${word} ` });
    await wait(100);
  }
  write('complete', words.length + 1, { reason: 'done', total_chunks: words.length });
  response.end();
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/stream`);
});
