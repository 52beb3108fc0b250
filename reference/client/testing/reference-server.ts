/** The reference server as a process, for tests of what speaks with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class ReferenceServer {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly occasions: Readonly<Record<string, string>>,
  ) {}

  static async start(...args: readonly string[]): Promise<ReferenceServer> {
    const main = new URL('../../server/main.ts', import.meta.url).pathname;
    const given = args.length > 0 ? args : ['--fast'];
    const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0', ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [line]: unknown[] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
    if (typeof line !== 'string') {
      throw new Error('the reference server did not start');
    }
    const { url, occasions }: { url: string; occasions: Record<string, string> } = JSON.parse(line);
    return new ReferenceServer(child, url, occasions);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exited;
    }
  }
}
