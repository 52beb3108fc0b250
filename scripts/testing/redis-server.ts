/** A redis-server of its own for a test: on a free port, with its data in a folder that goes when it goes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './free-port.js';
import { programPath } from './needs.js';

interface RedisOptions {
  /** Where it is not to be restarted, it need not be, which is faster. */
  readonly durable?: boolean;
  readonly password?: string;
}

export class RedisServer {
  #child: ChildProcess | undefined;
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly options: RedisOptions,
  ) {}

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await findFreePort(), await mkdtemp(join(tmpdir(), 'redis-')), options);
    await server.start();
    return server;
  }

  /** With the password. */
  get url(): string {
    const { password } = this.options;
    return `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${this.port}`;
  }

  /** Starts it, again with what it had, if durable: every write was on the disk before it was answered. */
  async start(): Promise<void> {
    const { durable = true, password } = this.options;
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    if (durable) args.push('--appendonly', 'yes', '--appendfsync', 'always');
    if (password !== undefined) args.push('--requirepass', password);
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
