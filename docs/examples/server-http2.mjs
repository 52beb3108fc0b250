/** Streams over HTTP/2, many on one connection: `node server-http2.mjs key.pem cert.pem`, or without TLS, for a proxy in front. */
import { readFileSync } from 'node:fs';
import { createSecureServer, createServer } from 'node:http2';
import { setTimeout } from 'node:timers/promises';
import { createStreamHandler } from 'resilient-sse/server';

const { listener } = createStreamHandler({
  produce: async function* produce(_request, { signal }) {
    for (const line of ['One connection', 'carries them all', 'side by side']) {
      await setTimeout(50, undefined, { signal });
      yield `${line}\n`;
    }
  },
});

const [, , key, certificate] = process.argv;
const secure = key !== undefined && certificate !== undefined;
const server = secure
  ? // Browsers speak HTTP/2 over TLS alone; older clients get HTTP/1.1 on the same port.
    createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate), allowHTTP1: true }, listener)
  : createServer(listener);
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`${secure ? 'https' : 'http'}://127.0.0.1:${server.address().port}/lines`);
});
