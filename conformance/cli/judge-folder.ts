/** The work of `conformance judge`: loads transcripts, judges them, reports. */
import { loadTranscripts } from '../evidence/store.js';
import { judgeTranscripts } from '../run/judge-transcripts.js';
import { readRequirements } from '../spec/read-spec.js';
import { emitReports, exitCodeOf } from './emit-reports.js';
import type { JudgeFlags } from './judge.js';
import { checkWritable, readReportTargets } from './report-option.js';
import { checkNames, expandAreas, splitNames } from './requirement-names.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function judgeFolder(folder: string, flags: JudgeFlags): Promise<number> {
  const reports = readReportTargets(flags.report);
  checkWritable(reports);
  const requirements = readRequirements(flags.spec);
  const transcripts = await loadTranscripts(folder);
  const role = transcripts[0]?.role ?? 'server';
  const only = splitNames(flags.only);
  const acceptUnobserved = splitNames(flags.acceptUnobserved);
  checkNames('--only', only, requirements, role);
  checkNames('--accept-unobserved', acceptUnobserved, requirements, role);
  const report = judgeTranscripts(transcripts, {
    level: flags.level,
    strict: flags.strict,
    only,
    acceptUnobserved: expandAreas(acceptUnobserved, requirements),
    quick: false,
  });
  await emitReports(report, reports, { verbose: flags.verbose, transcripts });
  return exitCodeOf(report);
}
