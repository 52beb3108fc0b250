/** What becomes of a run's result: transcripts, baseline, reports, exit code; all that can be wrong is found before it. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { RunResult } from '../run/types.js';
import { readRequirements } from '../spec/read-spec.js';
import { type Comparison, compareWithBaseline, readBaseline, writeBaseline } from './baseline-file.js';
import { emitReports, exitCodeOf } from './emit-reports.js';
import { exitCodes } from './exit-codes.js';
import { checkWritable, readReportTargets } from './report-option.js';

/** The flags about the result, which `run` and `merge` have in common. */
export interface OutcomeFlags {
  readonly spec: string;
  readonly report: readonly string[];
  readonly verbose: boolean;
  readonly transcripts?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

export interface Outcome {
  /** Stores and writes what was asked for; resolves with the exit code. Throws `KitError` (`kit`). */
  finish(result: Pick<RunResult, 'report' | 'transcripts'>, notes?: readonly string[]): Promise<number>;
}

/** Throws `KitError` (`usage`) for what cannot be read or written, before the first request. */
export async function prepareOutcome(flags: OutcomeFlags): Promise<Outcome> {
  const reports = readReportTargets(flags.report);
  checkWritable(reports);
  const known = flags.baseline === undefined ? undefined : readBaseline(flags.baseline);
  const { transcripts } = flags;
  if (transcripts !== undefined) {
    const { prepareTranscripts } = await import('../evidence/store.js');
    await prepareTranscripts(transcripts);
  }
  return {
    async finish(result, notes = []) {
      if (transcripts !== undefined) {
        const { replaceTranscripts } = await import('./transcript-option.js');
        await replaceTranscripts(transcripts, result.transcripts);
      }
      if (flags.writeBaseline !== undefined) {
        writeBaseline(flags.writeBaseline, result.report);
      }
      const compared = known && compareWithBaseline(result.report, known, readRequirements(flags.spec));
      const report = { ...result.report, notes: [...result.report.notes, ...notes, ...(compared?.notes ?? [])] };
      await emitReports(report, reports, { verbose: flags.verbose, baselineHolds: compared?.holds === true });
      return codeOf(report, compared);
    },
  };
}

function codeOf(report: Report, compared: Comparison | undefined): number {
  if (compared === undefined) {
    return exitCodeOf(report);
  }
  return compared.holds ? exitCodes.conforms : exitCodes.doesNotConform;
}
