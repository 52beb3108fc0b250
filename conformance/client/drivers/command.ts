/** Driver "command": a process per scenario, in a process group of its own, that reports as JSON lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readWaitedMs, startLagMonitor } from '../../evidence/recorder/lag.js';
import { KitError } from '../../kit-error.js';
import type { Cue } from '../scenarios/scenario.js';
import { readCommand } from './command-line.js';
import type { ClientDriver, ClientEnd, ClientSession } from './driver.js';
import { STDERR_BYTES, STOP_MS } from './limits.js';
import { LineSplitter } from './line-splitter.js';

/** Output may still be in a pipe when a process has ended; a child of its own may hold it open for ever. */
const LAST_OUTPUT_MS = 500;

export interface CommandOptions {
  /** As typed, with `{url}` where the URL goes, if anywhere: it is in `SSE_URL` too. */
  readonly command: string;
  /** How the client is called in the report; default the command. */
  readonly target?: string;
  /** Added to the environment of the client. */
  readonly environment?: Readonly<Record<string, string>>;
  /** True where it is a page of its own making, that `hide` and `wake` on its standard input hide and wake. */
  readonly takesCues?: boolean;
}

/** Clients that still run when the kit ends; one listener for all of them. */
const atExit = new Set<() => void>();
process.once('exit', () => {
  for (const kill of atExit) {
    kill();
  }
});

/** Throws `KitError` (`usage`) for a command that cannot be read. */
export function commandDriver({
  command,
  target = command,
  environment = {},
  takesCues = false,
}: CommandOptions): ClientDriver {
  const invocationFor = readCommand(command);
  const running = new Set<ClientSession>();
  return {
    name: 'command',
    reports: true,
    starts: true,
    target,
    async start(url, scenario, onReport, clock) {
      const { file, args } = invocationFor(url);
      const child = spawn(file, args, {
        env: { ...process.env, ...environment, SSE_URL: url, SSE_SCENARIO: scenario },
        stdio: [takesCues ? 'pipe' : 'ignore', 'pipe', 'pipe'],
        detached: true,
      });
      await started(child, file);
      const session = sessionOf(child, (value) => onReport({ atMs: clock(), value }));
      running.add(session);
      void session.ended.then(() => running.delete(session));
      return session;
    },
    async close() {
      await Promise.all([...running].map((session) => session.stop()));
    },
  };
}

async function started(child: ChildProcess, file: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const message = `--client: cannot start "${file.slice(0, 200)}": ${cause.message}. Give a command that runs here`;
      reject(new KitError('usage', message, { cause }));
    });
  });
  child.on('error', () => undefined);
}

function sessionOf(child: ChildProcess, onObject: (value: unknown) => void): ClientSession {
  const lines = new LineSplitter(onObject);
  let stderr = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_BYTES);
  });
  const killGroup = (signal: NodeJS.Signals): void => signalGroup(child, signal);
  const kill = (): void => killGroup('SIGKILL');
  atExit.add(kill);
  const ended = new Promise<ClientEnd>((resolve) => {
    child.once('exit', (exitCode) => {
      const drained = new Promise<void>((closed) => {
        child.once('close', () => closed());
      });
      void Promise.race([drained, sleep(LAST_OUTPUT_MS)]).then(() => {
        // Children that it left behind go with it.
        kill();
        atExit.delete(kill);
        lines.finish();
        resolve({ exitCode, stderr: stderr.toString() });
      });
    });
  });
  return {
    ended,
    watchLag() {
      const { pid } = child;
      const lag = startLagMonitor({
        countsWaiting: true,
        waitedMs: () => (pid === undefined ? undefined : readWaitedMs(pid)),
      });
      return async () => {
        lag.stop();
        return lag.maxSince(0);
      };
    },
    ...(child.stdin === null ? {} : { cue: (name: Cue) => tell(child, name) }),
    async stop() {
      killGroup('SIGTERM');
      const insist = setTimeout(kill, STOP_MS);
      await ended;
      clearTimeout(insist);
    },
  };
}

/** False where it has ended before. */
async function tell({ stdin }: ChildProcess, cue: Cue): Promise<boolean> {
  if (stdin === null || !stdin.writable) {
    return false;
  }
  stdin.on('error', () => undefined);
  stdin.write(`${cue}\n`);
  return true;
}

/** The group is gone when its last process is. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}
