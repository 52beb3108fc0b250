/** Starts the programs of the reference that lie in the same package, and never leaves one behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';

export interface StartedProcess {
  readonly pid: number | undefined;
  /** The first line of its standard output, parsed. */
  readonly announcement: unknown;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  /** Tells it to shut down, as an operator would, and does not wait. */
  shutDown(): void;
  /** Asks it to shut down, and insists after a while. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly args: readonly string[];
  /** Whether its log goes to standard error once it has started. */
  readonly showLog: boolean;
}

interface Program {
  /** For messages. */
  readonly name: string;
  /** Below `dist/`. */
  readonly path: readonly string[];
}

export const referenceServer: Program = {
  name: 'the reference server',
  path: ['reference', 'server', 'main.js'],
};
export const faultyServers: Program = {
  name: 'the program of faulty servers',
  path: ['reference', 'faulty', 'server', 'main.js'],
};

/** A loaded machine may need seconds to start a Node program. */
const startMs = 20_000;
/** A server that shuts down gracefully has this long. */
const stopMs = 3_000;

/**
 * Starts a program of `dist/` and waits for its first line. Throws `KitError` (`usage` where the program complains about
 * its arguments with exit code 2, else `kit`).
 */
export async function startProgram(program: Program, options: StartOptions): Promise<StartedProcess> {
  const file = packageFile('dist', ...program.path);
  if (!existsSync(file)) {
    throw new KitError('kit', `${program.name} is not built: run "npm run build", or install the package again`);
  }
  const child = spawn(process.execPath, [file, ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
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
  const log = readLog(child);
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
    throw new KitError(code, `${program.name} did not start: ${log.lastLine() || 'it ended without a word'}`);
  }
  try {
    const announcement: unknown = JSON.parse(line);
    if (options.showLog) log.show();
    return { pid: child.pid, announcement, exited, stop, shutDown: () => child.kill('SIGTERM') };
  } catch (cause) {
    await stop();
    throw new KitError(
      'kit',
      `${program.name}: expected JSON on its first line, got ${toPrintable(line.slice(0, 80))}`,
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

interface Log {
  lastLine(): string;
  /** Passes on what was said, and what will be. */
  show(): void;
}

/** Reads the log even where nobody sees it, so that the program never waits for a reader; keeps its end. */
function readLog(child: ChildProcess): Log {
  let end = '';
  let shown = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (shown) process.stderr.write(text);
    else end = (end + text).slice(-2000);
  });
  return {
    lastLine: () => toPrintable(end.trimEnd().split('\n').at(-1) ?? '').slice(0, 300),
    show() {
      shown = true;
      process.stderr.write(end);
    },
  };
}
