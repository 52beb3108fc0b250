/** The work of `conformance run` on a client: checks, plays, reports, cleans up. */
import type { ClientProgress } from '../run/client-types.js';
import { type ClientFlags, readClientOptions } from './client-options.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { type LiveDisplay, startDisplay } from './live-display.js';
import type { RunFlags } from './run-options.js';
import { prepareOutcome } from './run-outcome.js';
import { factsOf } from './terminal-facts.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function gradeClientTarget(flags: RunFlags & ClientFlags): Promise<number> {
  const options = readClientOptions(flags);
  const outcome = await prepareOutcome(flags, flags.shard);
  const { gradeClient } = await import('../run/grade-client.js');
  const interruption = watchForInterruption();
  const display = displayFor(options.driver.starts, options.realTime);
  try {
    const result = await gradeClient({ ...options, signal: interruption.signal }, display.onProgress);
    display.stop();
    const code = await outcome.finish(result);
    // Where nothing is started Ctrl-C is how a person says that all has been visited.
    const isCutShort = interruption.signal.aborted && options.driver.starts;
    return isCutShort ? exitCodes.interrupted : code;
  } finally {
    display.stop();
    interruption.release();
  }
}

interface Display {
  onProgress(progress: ClientProgress): void;
  stop(): void;
}

/** The display of runs begins when what a person must know first has been printed. */
function displayFor(starts: boolean, realTime: boolean): Display {
  let live: LiveDisplay | undefined;
  const facts = factsOf(process.stderr, process.env);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    onProgress(progress) {
      if (progress.kind === 'expected') {
        if (starts && realTime) {
          say(
            `In real time this takes about ${Math.ceil(progress.ms / 1000)} s for a client that conforms, longer for others.`,
          );
        }
      } else if (progress.kind === 'listening') {
        say(`Point the client at each of these once; ${progress.url} has them as links. Ctrl-C ends the run.`);
        for (const { name, url } of progress.scenarios) {
          say(`  ${name.padEnd(22)} ${url}`);
        }
      } else if (starts) {
        live ??= startDisplay(process.stderr, facts);
        live.onProgress(progress);
      } else if (progress.kind === 'scenario-ended' && progress.outcome !== 'skipped') {
        say(`  ${progress.name}: ${progress.outcome}`);
      }
    },
    stop: () => live?.stop(),
  };
}
