/** A redis-server of its own for a test: on a free port, with its data in a folder that goes when it goes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from '../../../scripts/testing/needs.js';
import { portOf } from './serve.js';

export class RedisServer {
  #child: ChildProcess | undefined;
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly durable: boolean,
  ) {}

  /** Where it is not to be restarted, it need not be durable, which is faster. */
  static async start({ durable = true } = {}): Promise<RedisServer> {
    const server = new RedisServer(await findFreePort(), await mkdtemp(join(tmpdir(), 'redis-')), durable);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again with what it had, if durable: every write was on the disk before it was answered. */
  async start(): Promise<void> {
    const keeping = ['--save', '', ...(this.durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [])];
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, ...keeping];
    const child = spawn(programPath('redis-server'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    let said = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      said += text;
      if (said.includes('Ready to accept connections')) break;
    }
    if (child.exitCode !== null || !said.includes('Ready')) throw new Error(`redis-server did not start:\n${said}`);
    child.stdout.resume();
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
