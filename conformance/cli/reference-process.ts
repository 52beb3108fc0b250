/** Starts the programs of the reference that lie in the same package, and never leaves one behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';

export interface StartedProcess {
  /** The first line of its standard output, parsed. */
  readonly announcement: unknown;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  /** Asks it to shut down, and insists after a while. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly args: readonly string[];
  /** Where its log goes. */
  readonly log: 'drop' | 'inherit';
}

export const referenceServer = ['reference', 'server', 'main.js'] as const;
export const faultyServers = ['reference', 'faulty', 'server', 'main.js'] as const;

/** A loaded machine may need seconds to start a Node program. */
const startMs = 20_000;
/** A server that shuts down gracefully has this long. */
const stopMs = 3_000;

/**
 * Starts a program of `dist/` and waits for its first line. Throws `KitError` (`usage` where the program complains about
 * its arguments with exit code 2, else `kit`).
 */
export async function startProgram(program: readonly string[], options: StartOptions): Promise<StartedProcess> {
  const file = packageFile('dist', ...program);
  if (!existsSync(file)) {
    throw new KitError('kit', `${program.join('/')} is not built: run "npm run build", or install the package again`);
  }
  const child = spawn(process.execPath, [file, ...options.args], {
    stdio: ['ignore', 'pipe', options.log === 'inherit' ? 'inherit' : 'pipe'],
    // A process group of its own: Ctrl-C is for the kit, which stops its children in order.
    detached: true,
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      process.off('exit', kill);
      resolve(code);
    });
    child.once('error', () => resolve(null));
  });
  const said = keepLastLine(child);
  const stop = async () => {
    child.kill('SIGTERM');
    const insist = setTimeout(kill, stopMs);
    await exited;
    clearTimeout(insist);
  };
  const line = await firstLine(child, exited);
  if (line === undefined) {
    await stop();
    const code = child.exitCode === 2 ? 'usage' : 'kit';
    throw new KitError(code, `${program.join('/')} did not start: ${said() || 'it ended without a word'}`);
  }
  try {
    return { announcement: JSON.parse(line), exited, stop };
  } catch (cause) {
    await stop();
    throw new KitError(
      'kit',
      `${program.join('/')}: expected JSON on its first line, got ${toPrintable(line.slice(0, 80))}`,
      {
        cause,
      },
    );
  }
}

/** Undefined where the program ended, or took too long, without a line. */
async function firstLine(child: ChildProcess, exited: Promise<unknown>): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), startMs);
  });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  const first = await Promise.race([line, late, exited.then(() => undefined)]);
  clearTimeout(timer);
  // What it says afterwards is read and dropped, so that it never waits for a reader.
  lines.on('line', () => undefined);
  return first;
}

/** Reads the log that nobody sees, so that the program never waits for a reader, and keeps its end for a message. */
function keepLastLine(child: ChildProcess): () => string {
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    last = (last + text).slice(-2000);
  });
  return () => toPrintable(last.trimEnd().split('\n').at(-1) ?? '').slice(0, 300);
}
