#!/usr/bin/env node
/** The reference server as a process: streams a text word by word. The first line on stdout says where. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { readOptions, USAGE } from './demo/options.js';
import { HOSTILE_QUESTION } from './demo/producers.js';
import { createSite, OCCASION_NAMES } from './demo/site.js';
import { answerClientError } from './node-adapter.js';
import { ConfigurationError } from './settings.js';

/** What is still open this long after shutdown is a reader that does not read. */
const LAST_SOCKET_MS = 1000;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readOptions(process.argv.slice(2), process.env);
  const site = await createSite(options, pino({ level: options.logLevel }, pino.destination(2)));
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

function describe(address: AddressInfo | string | null, host: string): object {
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/stream/search`;
  const url = `${base}?query=resilient%20streams`;
  const occasions = Object.fromEntries(OCCASION_NAMES.map((name) => [name, `${url}&occasion=${name}`]));
  const injection = `${base}?query=${encodeURIComponent(HOSTILE_QUESTION)}&occasion=injection`;
  const conflict = `${base}?query=another%20question`;
  return { url, occasions: { ...occasions, injection, conflict, create: url } };
}

function fail(error: unknown): void {
  const expected = error instanceof ConfigurationError || (error instanceof Error && 'syscall' in error);
  process.stderr.write(`${expected && error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

main().catch(fail);
