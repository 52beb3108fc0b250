/** The work of `conformance run`: checks, starts the reference where it is the target, runs, reports, cleans up. */
import type { RunOptions } from '../run/types.js';
import { emitReports, exitCodeOf } from './emit-reports.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { startDisplay } from './live-display.js';
import { readAnnouncement } from './reference-announcement.js';
import { referenceServer, startProgram } from './reference-process.js';
import { checkWritable, readReportTargets } from './report-option.js';
import { type RunFlags, readRunOptions, referenceTarget } from './run-options.js';
import { factsOf } from './terminal-facts.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function gradeTarget(flags: RunFlags): Promise<number> {
  const options = readRunOptions(flags, process.env);
  const reports = readReportTargets(flags.report);
  checkWritable(reports);
  if (flags.transcripts !== undefined) {
    const { prepareTranscripts } = await import('../evidence/store.js');
    await prepareTranscripts(flags.transcripts);
  }
  const interruption = watchForInterruption();
  try {
    return await withTarget(options, flags, async (ready) => {
      const display = startDisplay(process.stderr, factsOf(process.stderr, process.env));
      const { gradeServer } = await import('../run/grade-server.js');
      const result = await gradeServer({ ...ready, signal: interruption.signal }, display.onProgress).finally(
        display.stop,
      );
      if (flags.transcripts !== undefined) {
        const { replaceTranscripts } = await import('./transcript-option.js');
        await replaceTranscripts(flags.transcripts, result.transcripts);
      }
      await emitReports(result.report, reports, flags.verbose);
      return interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(result.report);
    });
  } finally {
    interruption.release();
  }
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
    return await work({ ...options, target: { ...options.target, url, occasions } });
  } finally {
    await server.stop();
  }
}
