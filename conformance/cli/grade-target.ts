/** The work of `conformance run`: checks, starts the reference where it is the target, runs, reports, cleans up. */
import { changeTolerances } from '../judge/tolerances.js';
import type { RunOptions } from '../run/types.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { startDisplay } from './live-display.js';
import { readAnnouncement } from './reference-announcement.js';
import { referenceServer, startProgram } from './reference-process.js';
import { type RunFlags, readRunOptions, referenceTarget } from './run-options.js';
import { prepareOutcome } from './run-outcome.js';
import { factsOf } from './terminal-facts.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function gradeTarget(flags: RunFlags): Promise<number> {
  const options = readRunOptions(flags, process.env);
  const outcome = await prepareOutcome(flags, flags.shard);
  if (flags.tolerances !== undefined) {
    // Before any rule is loaded: some add a tolerance to a bound as they are.
    changeTolerances(flags.tolerances);
  }
  const interruption = watchForInterruption();
  try {
    if (flags.wait !== undefined && options.target.url !== referenceTarget) {
      const { awaitTarget } = await import('./await-target.js');
      await awaitTarget(options.target, flags.wait * 1000, interruption.signal);
    }
    return await withTarget(options, flags, async (ready) => {
      const display = startDisplay(process.stderr, factsOf(process.stderr, process.env));
      const { gradeServer } = await import('../run/grade-server.js');
      const result = await gradeServer({ ...ready, signal: interruption.signal }, display.onProgress).finally(
        display.stop,
      );
      const code = await outcome.finish(result, noteOnTolerances(flags.tolerances));
      return interruption.signal.aborted ? exitCodes.interrupted : code;
    });
  } finally {
    interruption.release();
  }
}

function noteOnTolerances(tolerances: RunFlags['tolerances']): string[] {
  const changed = Object.entries(tolerances ?? {}).map(([name, ms]) => `${name} ${ms}`);
  return changed.length === 0 ? [] : [`Tolerances were changed: ${changed.join(', ')}.`];
}

/** Gives the work a target that answers: the one that was named, or a reference server that ends with the work. */
async function withTarget(
  options: RunOptions,
  { fast }: RunFlags,
  work: (options: RunOptions) => Promise<number>,
): Promise<number> {
  if (options.target.url !== referenceTarget) return work(options);
  const args = ['--port', '0', ...(fast ? ['--fast'] : [])];
  const server = await startProgram(referenceServer, { args, showLog: false });
  try {
    const { url, occasions } = readAnnouncement(server.announcement);
    const shutdown = async (): Promise<void> => server.shutDown();
    return await work({ ...options, shutdown, target: { ...options.target, url, occasions } });
  } finally {
    await server.stop();
  }
}
