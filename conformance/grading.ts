/** The kit as two functions: a run that can be awaited for its result, and iterated for its progress. */
import { commandDriver } from './client/drivers/command.js';
import type { ClientDriver } from './client/drivers/driver.js';
import { KitError } from './kit-error.js';
import type { ClientProgress, ClientRunOptions } from './run/client-types.js';
import { gradeClient as runGradeClient } from './run/grade-client.js';
import { gradeServer as runGradeServer } from './run/grade-server.js';
import type { Progress, RunOptions, RunResult, ServerTarget } from './run/types.js';

/** A server to grade, at least by its URL. */
export type ServerToGrade = Pick<ServerTarget, 'url'> & Partial<ServerTarget>;

/** Everything but the target has the default of the command line. */
export type GradeServerOptions = Partial<Omit<RunOptions, 'target' | 'keepsBusy'>> & {
  /** A URL that starts a stream when it is asked for with a new `stream_id`, or more about the server. */
  readonly target: string | ServerToGrade;
};

/** Everything but the client has the default of the command line. */
export type GradeClientOptions = Partial<Omit<ClientRunOptions, 'driver'>> & {
  /** A command that reads `SSE_URL`, or a driver such as `browserDriver({ page })`. */
  readonly client: string | ClientDriver;
};

/**
 * A run under way. Awaited, it gives the result; iterated, what happens, from the beginning, to as many readers as
 * like. Leaving a loop early does not end the run: `signal` does. A run that fails rejects with a `KitError`, and so
 * does the loop over it.
 */
export interface Grading<P> extends Promise<RunResult>, AsyncIterable<P> {}

/**
 * Grades a server. Rejects with `KitError`: `usage` for options that make no sense, `unreachable` where nobody answers.
 *
 * @example
 * const grading = gradeServer({ target: 'http://127.0.0.1:8080/stream', level: 'Core' });
 * for await (const progress of grading) if (progress.kind === 'verdict') console.log(progress.requirement.id);
 * const { report } = await grading;
 */
export function gradeServer({ target, ...options }: GradeServerOptions): Grading<Progress> {
  return start((onProgress) =>
    runGradeServer({ ...usual, concurrency: 8, ...options, target: describe(target) }, onProgress),
  );
}

/**
 * Grades a client: starts it once a scenario against a scripted server. Rejects with `KitError`: `usage` for options
 * that make no sense, or a client that cannot be started.
 */
export function gradeClient({ client, ...options }: GradeClientOptions): Grading<ClientProgress> {
  return start((onProgress) => {
    const driver = typeof client === 'string' ? commandDriver({ command: client }) : client;
    const own = { concurrency: driver.name === 'browser' ? 4 : 12, realTime: false };
    return runGradeClient({ ...usual, ...own, ...options, driver }, onProgress);
  });
}

const usual = { spec: '1.0', level: 'Resume', only: [], strict: false, acceptUnobserved: [], quick: false } as const;

function describe(given: string | ServerToGrade): ServerTarget {
  const target = typeof given === 'string' ? { url: given } : given;
  const { url } = target;
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw new KitError('usage', 'target: expected an http:// or https:// URL, got another text');
  }
  return { occasions: {}, headers: [], choosesStreamId: true, ...target };
}

function start<P>(run: (onProgress: (progress: P) => void) => Promise<RunResult>): Grading<P> {
  const happened: P[] = [];
  let wake: () => void = () => undefined;
  let news = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const tell = (): void => {
    wake();
    news = new Promise((resolve) => {
      wake = resolve;
    });
  };
  let isOver = false;
  // What is wrong with the options rejects like everything else.
  const result = (async () =>
    run((progress) => {
      happened.push(progress);
      tell();
    }))().finally(() => {
    isOver = true;
    tell();
  });
  async function* iterate(): AsyncGenerator<P, void, undefined> {
    // Whoever iterates learns of a failure here; it is theirs to await the result as well.
    result.catch(() => undefined);
    for (let next = 0; ; ) {
      const progress = happened[next];
      if (progress !== undefined) {
        next += 1;
        yield progress;
      } else if (isOver) {
        await result;
        return;
      } else {
        await news;
      }
    }
  }
  return Object.assign(result, { [Symbol.asyncIterator]: iterate });
}
