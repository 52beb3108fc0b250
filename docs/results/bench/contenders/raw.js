/** node:http and nothing else: `write` of bytes made beforehand. What a library over node:http can reach at most. */
import { createServer } from 'node:http';
import { serialised } from '../events.js';

export function create() {
  const responses = [];
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    response.write(serialised);
    responses.push(response);
  });
  return {
    server,
    tick: () => {
      for (const response of responses) response.write(serialised);
    },
    finish: () => {
      for (const response of responses) response.end();
    },
  };
}
