#!/usr/bin/env node
/** `npm run contract-service -- --port 8000`: lets the field's own harness grade the reference client. */
import { parseArgs } from 'node:util';
import { createContractService } from './service.js';

const USAGE = 'Usage: contract-service [--port <0 to 65535, default 8000>] [--host <address, default 127.0.0.1>]';

function main(): void {
  const { port, host } = readFlags();
  const server = createContractService(() => {
    server.close();
    server.closeAllConnections();
  });
  server.on('error', (error) => fail(error.message));
  server.listen(port, host, () => {
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    process.stdout.write(`${JSON.stringify({ url: `http://${host}:${bound}/` })}\n`);
  });
}

function readFlags(): { port: number; host: string } {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8000' }, host: { type: 'string', default: '127.0.0.1' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`expected --port from 0 to 65535, got "${values.port}"`);
  }
  return { port, host: values.host };
}

function fail(message: string): void {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exitCode = 2;
}

try {
  main();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
