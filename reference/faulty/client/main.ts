#!/usr/bin/env node
/** One faulty client as a process: reads the stream of `SSE_URL`, and prints what the client tells. */
import { parseArgs } from 'node:util';
import { Attempts } from '../../client/attempts.js';
import { fetchTransport } from '../../client/fetch-transport.js';
import { type Print, printing, printLine } from '../../client/report-lines.js';
import { ResilientStream } from '../../client/stream.js';
import type { StreamOptions } from '../../client/types.js';
import type { ClientFault, FaultyClient } from './faulty-client.js';
import { clientTwins, nullClients, soundClients } from './index.js';
import { installPage } from './page.js';

const USAGE = 'Usage: SSE_URL=URL main.js NAME [--page] [--folder DIR] | main.js --list | main.js reference';

/** The client without a fault. */
const REFERENCE = 'reference';

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { list: { type: 'boolean' }, page: { type: 'boolean' }, folder: { type: 'string' } },
  });
  const [name] = positionals;
  if (values.list === true) {
    process.stdout.write(`${JSON.stringify(listOf())}\n`);
    return;
  }
  const url = process.env.SSE_URL;
  const twin = clientTwins.find((candidate) => candidate.name === name);
  const sound = soundClients.find((candidate) => candidate.name === name);
  const idle = nullClients.find((candidate) => candidate.name === name);
  if (url === undefined || (name !== REFERENCE && (twin ?? sound ?? idle) === undefined)) {
    throw new TypeError(url === undefined ? 'expected a URL in SSE_URL' : `expected the name of a twin, got ${name}`);
  }
  if (idle !== undefined) {
    idle.run(url);
  } else if (twin?.program !== undefined) {
    twin.program(url, printLine);
  } else {
    follow(url, twin?.fault?.(values.folder) ?? sound?.fault() ?? {}, values.page === true);
  }
}

function follow(url: string, fault: ClientFault, inPage: boolean): void {
  const print: Print = fault.lines?.(printLine) ?? printLine;
  const options: StreamOptions = {
    traceId: crypto.randomUUID(),
    headers: { Authorization: 'Bearer of-the-twin' },
    ...printing(print),
    ...fault.options,
  };
  const plain = fetchTransport(fault.fetch?.(fetch) ?? fetch);
  const transport = fault.transport?.(plain, print) ?? plain;
  const attempts = fault.attempts?.(options) ?? new Attempts(options);
  if (inPage) {
    installPage(() => (fault.onHide === 'close' ? stream.close() : undefined));
  }
  const stream = new ResilientStream(url, options, transport, attempts);
  stream.start();
}

function listOf(): object {
  return {
    twins: clientTwins.map(({ name, breaks, alsoBreaks = [], why, inPage }: FaultyClient) => ({
      name,
      breaks,
      alsoBreaks,
      why,
      inPage: inPage === true,
    })),
    sound: soundClients.map(({ name, why }) => ({ name, why })),
    nulls: nullClients.map(({ name, why, mayPass = [] }) => ({ name, why, mayPass })),
  };
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
  process.exitCode = 2;
}
