/** Starts the servers and proxies whose results are published, and stops them again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { findFreePort } from '../testing/free-port.js';

export interface Started {
  readonly url: string;
  /** `name=URL`. */
  readonly occasions: readonly string[];
  stop(): Promise<void>;
}

const HERE = packageFile('docs', 'results', 'servers');

/** Installs what the folder asks for, starts it, and waits for the line that says where it is. */
export async function startServer(folder: string, dist: string): Promise<Started> {
  if (folder === 'reference') {
    return startWith(process.execPath, [join(dist, 'reference', 'server', 'main.js'), '--port', '0', '--fast'], dist);
  }
  const cwd = join(HERE, folder);
  if (existsSync(join(cwd, 'package-lock.json')) && !existsSync(join(cwd, 'node_modules'))) {
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`npm ci failed in ${folder}`);
  }
  return startWith(process.execPath, ['server.js'], cwd);
}

async function startWith(command: string, args: readonly string[], cwd: string): Promise<Started> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`${args.join(' ')} ended before it said where it is`);
    }),
  ]);
  child.stdout.resume();
  return { ...readLine(String(line)), stop: () => stop(child) };
}

/** A URL, or the announcement of the reference server. */
function readLine(line: string): Pick<Started, 'url' | 'occasions'> {
  if (!line.startsWith('{')) {
    return { url: line.trim(), occasions: [] };
  }
  const said: unknown = JSON.parse(line);
  if (typeof said !== 'object' || said === null || !('url' in said) || !('occasions' in said)) {
    throw new Error(`expected an announcement, got ${line}`);
  }
  return {
    url: String(said.url),
    occasions: Object.entries(said.occasions ?? {}).map(([name, url]) => `${name}=${String(url)}`),
  };
}

/** The same server behind a proxy of this configuration (a file of `proxies/`). */
export async function startProxy(server: Started, configuration: string): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'results-proxy-'));
  const port = await findFreePort();
  const file = join(folder, configuration);
  const upstream = new URL(server.url).host;
  const text = readFileSync(join(HERE, 'proxies', configuration), 'utf8')
    .replaceAll('{folder}', folder)
    .replaceAll('{port}', String(port))
    .replaceAll('{upstream}', upstream);
  writeFileSync(file, text);
  const child = configuration.endsWith('.cfg')
    ? spawn('haproxy', ['-f', file], { stdio: 'ignore' })
    : spawn('nginx', ['-c', file, '-p', folder], { stdio: 'ignore' });
  await untilListening(port, child);
  const moved = (text: string): string => text.replace(upstream, `127.0.0.1:${port}`);
  return {
    url: moved(server.url),
    occasions: server.occasions.map(moved),
    async stop() {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await wait(50);
  }
  throw new Error('the proxy does not listen: is it installed?');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 3000);
  await exited;
  clearTimeout(insist);
}
