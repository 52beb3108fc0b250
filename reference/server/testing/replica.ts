/** The reference server as a process of its own, to be measured, stopped and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ask, parseObject } from './connect.js';
import type { Usage } from './memory-report.js';

const main = new URL('../main.ts', import.meta.url).pathname;
const memoryReport = new URL('memory-report.ts', import.meta.url).pathname;

export class Replica {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly occasions: Readonly<Record<string, unknown>>,
    /** Lines of standard error. */
    readonly logs: readonly string[],
  ) {}

  /** `program`: another entry that announces itself in the same manner. */
  static async start(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    program: string = main,
  ): Promise<Replica> {
    const imports = ['--expose-gc', '--import', 'tsx', '--import', memoryReport];
    const child = spawn(process.execPath, [...imports, program, ...args, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
    });
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('a child without pipes');
    const logs: string[] = [];
    createInterface({ input: stderr }).on('line', (line) => logs.push(line));
    const first = await Promise.race([once(createInterface({ input: stdout }), 'line'), once(child, 'exit')]);
    if (typeof first[0] !== 'string') throw new Error(`the server did not start:\n${logs.join('\n')}`);
    const { url, occasions } = parseObject(first[0]);
    return new Replica(child, String(url), parseObject(JSON.stringify(occasions)), logs);
  }

  /** URL of an occasion, with parameters. */
  at(occasion: string, parameters: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(String(this.occasions[occasion]));
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  async usage(): Promise<Usage> {
    this.child.send('usage');
    const [told] = await once(this.child, 'message');
    const { used, resident, cpuMs } = parseObject(JSON.stringify(told));
    return { used: Number(used), resident: Number(resident), cpuMs: Number(cpuMs) };
  }

  /** Bytes in use after a collection, outside of the heap included. */
  async memory(): Promise<number> {
    return (await this.usage()).used;
  }

  /** Value of a metric; 0 for one that is not there yet. */
  async metric(name: string): Promise<number> {
    const { text } = await ask(new URL('/metrics', this.url));
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  }

  /** Resolves with the exit code and the signal, when the process is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<readonly [number | null, NodeJS.Signals | null]> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return [child.exitCode, child.signalCode];
  }
}
