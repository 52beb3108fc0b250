#!/usr/bin/env node
/** The reference server as a process: streams a text word by word. The first line on stdout says where. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { announce } from './demo/announcement.js';
import { readOptions, USAGE } from './demo/options.js';
import { createSite } from './demo/site.js';
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
  process.stdout.write(`${JSON.stringify(announce(server.address(), options.host))}\n`);

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

function fail(error: unknown): void {
  const expected = error instanceof ConfigurationError || (error instanceof Error && 'syscall' in error);
  process.stderr.write(`${expected && error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

main().catch(fail);
