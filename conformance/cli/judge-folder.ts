/** The work of `conformance judge`: loads transcripts, judges them, reports. */
import { loadTranscripts } from '../evidence/store.js';
import { judgeTranscripts } from '../run/judge-transcripts.js';
import { readRequirements } from '../spec/read-spec.js';
import type { JudgeFlags } from './judge.js';
import { checkNames, expandAreas, splitNames } from './requirement-names.js';
import { prepareOutcome } from './run-outcome.js';

/** Resolves with the exit code. Throws `KitError`. */
export async function judgeFolder(folder: string, flags: JudgeFlags): Promise<number> {
  const outcome = await prepareOutcome(flags);
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
  return outcome.finish({ report, transcripts, notes: [] });
}
