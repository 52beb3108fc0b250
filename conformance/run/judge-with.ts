/** Judges transcripts with a book of rules: the same evidence gives the same report, just recorded or from disk. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Transcript } from '../evidence/types.js';
import { createEvidence } from '../evidence/views.js';
import { assembleReport, judgeOne, type ReportInput } from '../judge/report.js';
import type { Rule } from '../judge/rule.js';
import { selectRequirements } from '../judge/selection.js';
import type { RequirementResult } from '../judge/verdict.js';
import { KitError } from '../kit-error.js';
import { readRequirements } from '../spec/read-spec.js';
import { kitVersion } from './kit-version.js';
import { findRepetitions, mergeAttempts } from './repeat.js';
import type { RunOptions } from './types.js';

/** Rules by requirement id. */
export type Rules = Readonly<Partial<Record<string, Rule>>>;

export type JudgingOptions = Pick<RunOptions, 'level' | 'only' | 'strict' | 'acceptUnobserved' | 'quick'> & {
  /** What a reader of the report must know of the run. */
  readonly notes?: readonly string[];
};

/** Throws `KitError` (`usage`) for no transcripts, a mixture of runs, or an unknown id in the options. */
export function judgeWith(rules: Rules, transcripts: readonly Transcript[], options: JudgingOptions): Report {
  const input = inputOf(rules, transcripts, options);
  if (transcripts.every(({ attempt }) => attempt === 1)) {
    return assembleReport(input);
  }
  const once = transcripts.filter(({ attempt }) => attempt === 1);
  const judge = (given: ReportInput) => given.requirements.map((requirement) => judgeOne(requirement, given));
  const first = judge({ ...input, evidence: createEvidence(once) });
  return assembleReport(input, mergeAttempts(first, judge(input), findRepetitions(rules, first, once)));
}

/** The report over results that were judged before, of the same transcripts. */
export function reportOn(
  results: readonly RequirementResult[],
  transcripts: readonly Transcript[],
  options: JudgingOptions,
): Report {
  return assembleReport(inputOf({}, transcripts, options), results);
}

function inputOf(rules: Rules, transcripts: readonly Transcript[], options: JudgingOptions): ReportInput {
  const [one] = transcripts;
  if (one === undefined) {
    throw new KitError('usage', 'expected at least one transcript to judge, got none');
  }
  const other = transcripts.find(
    ({ role, spec, target }) => role !== one.role || spec !== one.spec || target !== one.target,
  );
  if (other !== undefined) {
    throw new KitError(
      'usage',
      `expected transcripts of one run, got ${one.role} ${one.target} and ${other.role} ${other.target}: judge each folder alone`,
    );
  }
  const { startedAt, durationMs } = spanOf(transcripts);
  const all = readRequirements(one.spec);
  selectRequirements(all, one.role, options.acceptUnobserved);
  return {
    requirements: selectRequirements(all, one.role, options.only),
    rules,
    evidence: createEvidence(transcripts),
    role: one.role,
    spec: one.spec,
    kit: kitVersion(),
    target: one.target,
    startedAt,
    durationMs,
    asked: askedOf(options),
    ...(options.notes === undefined ? {} : { notes: options.notes }),
  };
}

/** What the user asked, as the report repeats it. */
export function askedOf(options: JudgingOptions): Report['asked'] {
  const { level, only, strict, quick, acceptUnobserved } = options;
  return { level, only: [...only], strict, quick, acceptUnobserved: [...acceptUnobserved] };
}

/** From the start of the first scenario to the end of the last connection. */
function spanOf(transcripts: readonly Transcript[]): { readonly startedAt: string; readonly durationMs: number } {
  const starts = transcripts.map(({ startedAt }) => Date.parse(startedAt));
  const first = Math.min(...starts);
  const ends = transcripts.map(
    (transcript, index) =>
      transcript.connections.reduce((end, connection) => Math.max(end, connection.end.atMs), 0) +
      (starts[index] ?? first),
  );
  return { startedAt: new Date(first).toISOString(), durationMs: Math.max(0, Math.max(...ends) - first) };
}
