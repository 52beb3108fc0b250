/** The work of `conformance worker`: which jobs there are, and how each is done in this process. */
import { hostname } from 'node:os';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import { readMember } from '../queue/fleet-on-queue.js';
import type { JobKind } from '../queue/jobs.js';
import { readQueueAddress } from '../queue/redis.js';
import { type TaskKind, workForQueue } from '../queue/work.js';
import { toPrintable } from '../report/printable.js';
import { exitCodes } from './exit-codes.js';
import { gradeMember } from './grade-member.js';
import { watchForInterruption } from './interruption.js';

export interface WorkerFlags {
  readonly queue: string;
  readonly name?: string;
  readonly env: readonly string[];
  /** Of a load share. */
  readonly threads: number;
  /** Seconds. */
  readonly lostAfter: number;
}

/** Resolves with 0 when it was told to stop. Throws `KitError`. */
export async function workUntilStopped(flags: WorkerFlags): Promise<number> {
  const address = readQueueAddress(flags.queue, process.env);
  const name =
    flags.name ??
    `${hostname()
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 48)}-${process.pid}`;
  const interruption = watchForInterruption();
  const say = (text: string): void => {
    process.stdout.write(`${new Date().toISOString()}  ${name}  ${toPrintable(text)}\n`);
  };
  try {
    await workForQueue(address, tasksWith(pickVariables(flags.env), flags.threads), {
      name,
      lostAfterMs: flags.lostAfter * 1000,
      signal: interruption.signal,
      onReady: () => say(`waits for work from ${address.shown}`),
      onNews: say,
    });
    say('stopped');
    return exitCodes.conforms;
  } finally {
    interruption.release();
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

function tasksWith(environment: Environment, threads: number): Readonly<Record<JobKind, TaskKind>> {
  return {
    'fleet-target': {
      isWhole: true,
      work: (task, { signal }) => gradeMember(readMember(task), signal, { folder: '.', environment, keepsBusy: false }),
    },
    'load-share': {
      isWhole: false,
      async work(task, { signal, startAtMs, name, tell }) {
        if (!isOfSchema('load-plan', task)) throw new KitError('kit', `${name} got what is no load plan`);
        // On threads of their own, so that a generator at its limit does not keep this one from its signs of life.
        const { runLoad } = await import('../load/run-load.js');
        return runLoad(task, { threads, signal, startAtMs, name, onProgress: tell });
      },
    },
  };
}

function pickVariables(given: readonly string[]): Environment {
  const names = given.flatMap((text) => text.split(',')).map((name) => name.trim());
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
