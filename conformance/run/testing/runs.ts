/** Servers, rules and options for the tests of runs. Servers are closed after each test. */
import { once } from 'node:events';
import net from 'node:net';
import { afterEach } from 'vitest';
import type { Transcript } from '../../evidence/types.js';
import type { Rule } from '../../judge/rule.js';
import { serverScenarios } from '../../server/scenarios/index.js';
import type { Rules } from '../judge-with.js';
import type { RunOptions } from '../types.js';
import { type MiniServer, type MiniServerOptions, startMiniServer } from './mini-server.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

export async function mini(options: Partial<MiniServerOptions> = {}): Promise<MiniServer> {
  const server = await startMiniServer({ capMs: 1000, chunkMs: 20, chunks: 20, ...options });
  closers.push(server.close);
  return server;
}

/** A TCP server that does what `act` does to every connection. */
export async function tcp(act: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

export function ruleFrom(from: readonly string[], judge: Rule['judge'] = () => []): Rule {
  return { from, observes: 'o', occasion: 'c', mend: 'm', judge };
}

/** One rule that looks at every scenario. */
export const everything: Rules = { 'HTTP-001': ruleFrom(serverScenarios.map(({ name }) => name)) };

export function optionsOf(url: string, more: Partial<RunOptions> = {}): RunOptions {
  return {
    target: { url, occasions: {}, headers: [], choosesStreamId: true },
    spec: '1.0',
    level: 'Core',
    only: [],
    strict: false,
    acceptUnobserved: [],
    concurrency: 8,
    quick: false,
    ...more,
  };
}

export function transcriptOf(transcripts: readonly Transcript[], name: string): Transcript {
  const found = transcripts.find(({ scenario }) => scenario === name);
  if (found === undefined) {
    throw new Error(`no transcript of ${name}`);
  }
  return found;
}
