#!/usr/bin/env node
/**
 * Twins for load as one process, each on a path of its own, and a sound server beside them. The first line on stdout
 * says where.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import {
  answerClientError,
  createStreamHandler,
  defaultProtocol,
  type Produce,
  type ServerProtocol,
} from '../../server/index.js';
import { loadTwins } from './twins.js';

const USAGE = 'Usage: main.js [--events 1100] [--every 100000]  (chunks of a stream; events to one fault)';
const HOST = '127.0.0.1';
/** As every stream may run for. The fault is not one of time. */
const SETTINGS = { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 120 };

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Chunks as fast as they are taken. */
function produceChunks(events: number): Produce {
  return async function* produce() {
    for (let nth = 1; nth <= events; nth += 1) yield { content: `word ${nth} ` };
    return { reason: 'done' };
  };
}

function mount(events: number, protocol: Partial<ServerProtocol>): Listener {
  return createStreamHandler({ produce: produceChunks(events), ...SETTINGS, protocol }).listener;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { events: { type: 'string', default: '1100' }, every: { type: 'string', default: '100000' } },
  });
  const [events, every] = [Number(values.events), Number(values.every)];
  if (!Number.isSafeInteger(events) || !Number.isSafeInteger(every) || events < 1 || every < 1) {
    throw new TypeError('expected whole numbers of at least 1');
  }
  const { deliver } = defaultProtocol;
  const sites = new Map<string, Listener>([['sound', mount(events, { deliver })]]);
  for (const { name, create } of loadTwins) sites.set(name, mount(events, { deliver: create(every) }));
  const server = createServer((request, response) => {
    const site = sites.get((request.url ?? '').split(/[/?]/)[1] ?? '');
    if (site === undefined) response.writeHead(404).end();
    else site(request, response);
  });
  server.on('clientError', answerClientError);
  server.listen(0, HOST);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const address = server.address();
  const base = `http://${HOST}:${address !== null && typeof address === 'object' ? address.port : 0}`;
  const urlOf = (name: string): string => `${base}/${name}/stream?query=load`;
  const twins = loadTwins.map(({ name, breaks, why }) => ({ name, breaks, why, url: urlOf(name) }));
  process.stdout.write(`${JSON.stringify({ sound: { url: urlOf('sound') }, twins })}\n`);
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    process.exit();
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 2;
});
