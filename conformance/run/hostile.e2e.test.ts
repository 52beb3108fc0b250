import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { type HostileServer, hostileServers } from './testing/hostile-servers.js';

/**
 * What the run is told to end within, and how much longer a loaded machine may take to start the process and to judge,
 * seconds. The servers go on for ever: whatever the bound, it shows that the kit ends.
 */
const TIMEOUT_SECONDS = 5;
const GRACE_SECONDS = 30;
const MOST_MEGABYTES = 256;

const folder = mkdtempSync(join(tmpdir(), 'conformance-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function start({ create, answer, scheme = 'http' }: HostileServer): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = create?.() ?? net.createServer();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (answer !== undefined) {
      socket.on('data', (bytes) => {
        const [, url] = /^[A-Z]+ (\S+) HTTP/.exec(bytes.toString('latin1')) ?? [];
        if (url !== undefined) answer(socket, url);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `${scheme}://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/stream`;
}

/** Tells the peak of its memory on file descriptor 3 when it ends, kilobytes. */
const TELL_MEMORY =
  'data:text/javascript,import fs from "node:fs";process.on("exit",()=>fs.writeSync(3,String(process.resourceUsage().maxRSS)))';

async function run(url: string, args: readonly string[], report: string) {
  const program = packageFile('dist', 'conformance', 'cli', 'main.js');
  const child = spawn(
    process.execPath,
    [
      ...['--import', TELL_MEMORY, program, 'run', '--target', url, '--timeout', String(TIMEOUT_SECONDS)],
      ...['--insecure', '--report', `json=${report}`, '--report', 'terminal', ...args],
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const texts = [1, 2, 3].map((fd) => {
    const parts: string[] = [];
    child.stdio[fd]?.on('data', (bytes: Buffer) => parts.push(bytes.toString()));
    return parts;
  });
  const startedAtMs = performance.now();
  const [code] = await once(child, 'close');
  const [stdout = '', stderr = '', memory = ''] = texts.map((parts) => parts.join(''));
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { code: Number(code), text: stdout + stderr, seconds, megabytes: Number(memory) / 1024 };
}

it.each(hostileServers)('$name', async (server) => {
  const file = join(folder, 'report.json');
  rmSync(file, { force: true });
  const ended = await run(await start(server), server.args ?? [], file);
  expect(server.codes ?? [1]).toContain(ended.code);
  expect(ended.text).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(ended.text).not.toMatch(/unhandled|a fault of the kit/i);
  expect(ended.seconds).toBeLessThan(TIMEOUT_SECONDS + GRACE_SECONDS);
  expect(ended.megabytes).toBeGreaterThan(10);
  expect(ended.megabytes).toBeLessThan(MOST_MEGABYTES);
  if (ended.code === 1) {
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(isOfSchema('report', report) && report.grade).toBe('F');
    expect(isOfSchema('report', report) && report.summary['kit-error']).toBe(0);
  }
});
