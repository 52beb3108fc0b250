/** `conformance worker` as a process of its own, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { builtFile } from '../../../scripts/testing/built.js';

export class WorkerProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    /** What it says on standard output. */
    readonly lines: readonly string[],
  ) {}

  /** Resolves as soon as it waits for work. */
  static async start(url: string, name: string, lostAfterSeconds: number): Promise<WorkerProcess> {
    const args = ['worker', '--queue', '$QUEUE', '--name', name, '--lost-after', String(lostAfterSeconds)];
    const child = spawn(process.execPath, [builtFile('conformance/cli/main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, QUEUE: url },
    });
    const lines: string[] = [];
    const output = createInterface({ input: child.stdout });
    output.on('line', (line) => lines.push(line));
    await Promise.race([once(output, 'line'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`the worker ended with code ${child.exitCode}`);
    return new WorkerProcess(name, child, lines);
  }

  /** At once, and without a last word. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Resolves with the exit code, null where the signal was not heard. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}
