#!/usr/bin/env node
/** The reference server as a process: streams a text word by word. The first line on stdout says where. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { type DemoOptions, readOptions, USAGE } from './demo/options.js';
import { createDemoProducer, OCCASIONS, occasionOf } from './demo/producers.js';
import { createStreamHandler } from './handler.js';
import { MemoryStore } from './memory-store.js';
import { ServerMetrics } from './metrics.js';
import { answerClientError } from './node-adapter.js';
import { ConfigurationError } from './settings.js';
import { Refusal, type StreamRequest } from './types.js';

/** So small that the first events are gone long before the text ends. */
const EVICTING_HISTORY_BYTES = 2_000;
/** For the occasion `limit`: the fourth stream in a row is refused. */
const TIGHT_LIMIT = { burst: 3, perMinute: 6 };
const MAX_QUERY_CHARACTERS = 1000;
/** What is still open this long after shutdown is a reader that does not read. */
const LAST_SOCKET_MS = 1000;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readOptions(process.argv.slice(2), process.env);
  const site = createSite(options, pino({ level: options.logLevel }, pino.destination(2)));
  const server = createServer(site.listener);
  server.on('clientError', answerClientError);
  server.listen(options.port, options.host);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  process.stdout.write(`${JSON.stringify(describe(server.address(), options.host))}\n`);

  const shutDown = (): void => {
    server.close();
    site.close().then(() => {
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), LAST_SOCKET_MS).unref();
    }, fail);
  };
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
}

/** The streams, with what an operator needs beside them. */
function createSite(options: DemoOptions, log: Logger) {
  const { heartbeatInterval, silenceThreshold, maxSeconds, chunkDelayMs } = options;
  const metrics = new ServerMetrics();
  const produce = createDemoProducer(chunkDelayMs);
  const common = { produce, validate, heartbeatInterval, silenceThreshold, maxSeconds, metrics, log };
  const plain = createStreamHandler(common);
  const evicting = createStreamHandler({
    ...common,
    store: new MemoryStore({ maxBytesPerStream: EVICTING_HISTORY_BYTES }),
  });
  const limited = createStreamHandler({ ...common, rateLimit: TIGHT_LIMIT });
  let closing = false;

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const occasion = new URLSearchParams(query).get('occasion');
    if (path === '/stream/search') {
      (occasion === 'evicted' ? evicting : occasion === 'limit' ? limited : plain).listener(request, response);
    } else if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => response.setHeader('Content-Type', metrics.registry.contentType).end(text),
        () => response.destroy(),
      );
    } else if (path === '/healthz') {
      response.writeHead(closing ? 503 : 200, { 'Content-Type': 'application/json', 'Retry-After': '1' });
      response.end(JSON.stringify({ status: closing ? 'closing' : 'ok' }));
    } else {
      response.writeHead(404, { 'Content-Type': 'application/problem+json' });
      response.end(
        JSON.stringify({ title: 'not_found', status: 404, detail: 'Streams are at /stream/search?query=…' }),
      );
    }
  };
  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all([plain, evicting, limited].map((handler) => handler.close(options.graceMs)));
  };
  return { listener, close };
}

function validate(request: StreamRequest): void {
  const { searchParams } = request.url;
  const { length } = searchParams.get('query') ?? '';
  if (length > MAX_QUERY_CHARACTERS) {
    throw new Refusal(400, 'query_too_long', `query has at most ${MAX_QUERY_CHARACTERS} characters, not ${length}.`);
  }
  const occasion = searchParams.get('occasion');
  if (occasion !== null && occasion !== 'limit' && !occasionOf(request)) {
    throw new Refusal(400, 'unknown_occasion', `occasion is one of ${OCCASIONS.join(', ')} and limit.`);
  }
}

function describe(address: AddressInfo | string | null, host: string): object {
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/stream/search`;
  const url = `${base}?query=resilient%20streams`;
  const occasions = Object.fromEntries([...OCCASIONS, 'limit'].map((name) => [name, `${url}&occasion=${name}`]));
  return { url, occasions: { ...occasions, create: url, conflict: `${base}?query=another%20question` } };
}

function fail(error: unknown): void {
  const expected = error instanceof ConfigurationError || (error instanceof Error && 'syscall' in error);
  process.stderr.write(`${expected && error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

main().catch(fail);
