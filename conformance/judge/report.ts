/** Assembles the report of a run from the evidence: verdicts, levels, grade. Pure but for `onResult`. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Evidence } from '../evidence/types.js';
import type { Requirement } from '../spec/requirement.js';
import { conforms, gradeOf, levelsOf } from './grade.js';
import type { Rule } from './rule.js';
import { judgeRequirement, type RequirementResult, type Verdict } from './verdict.js';

export interface ReportInput {
  /** The selected requirements, in the order of the specification. */
  readonly requirements: readonly Requirement[];
  /** Rules by requirement id. */
  readonly rules: Readonly<Partial<Record<string, Rule>>>;
  readonly evidence: Evidence;
  readonly role: Report['role'];
  readonly spec: string;
  /** Version of the kit that judges. */
  readonly kit: string;
  /** Secrets already replaced. */
  readonly target: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly asked: Report['asked'];
  readonly notes?: readonly string[];
}

/** The result for one requirement, marked where the user accepted that it stays unobserved. */
export function judgeOne(
  requirement: Requirement,
  input: Pick<ReportInput, 'rules' | 'evidence' | 'asked'>,
): RequirementResult {
  const result = judgeRequirement(requirement, ruleOf(input.rules, requirement.id), input.evidence, input.asked);
  return result.verdict === 'not-observed' && input.asked.acceptUnobserved.includes(result.id)
    ? { ...result, accepted: true }
    : result;
}

/** The report, schema `kit/report`. `results` are those of `judgeOne` for every requirement of the input. */
export function assembleReport(
  input: ReportInput,
  results: readonly RequirementResult[] = input.requirements.map((requirement) => judgeOne(requirement, input)),
): Report {
  return {
    schema: 'resilient-sse/report/1',
    kit: input.kit,
    spec: input.spec,
    role: input.role,
    target: input.target,
    startedAt: input.startedAt,
    durationMs: Math.round(input.durationMs),
    asked: input.asked,
    grade: gradeOf(results),
    conforms: conforms(results, input.asked),
    levels: levelsOf(results),
    summary: summarise(results),
    requirements: [...results],
    notes: [...(input.notes ?? []), ...notesOn(results, input)],
  };
}

/** Own properties alone: an id that a transcript or a user names must not find `constructor`. */
export function ruleOf(rules: ReportInput['rules'], id: string): Rule | undefined {
  return Object.hasOwn(rules, id) ? rules[id] : undefined;
}

function summarise(results: readonly RequirementResult[]): Report['summary'] {
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return {
    pass: of('pass'),
    fail: of('fail'),
    warn: of('warn'),
    'not-observed': of('not-observed'),
    'not-applicable': of('not-applicable'),
    untestable: of('untestable'),
    inconclusive: of('inconclusive'),
    'kit-error': of('kit-error'),
  };
}

function notesOn(results: readonly RequirementResult[], { asked, evidence }: ReportInput): string[] {
  const notes: string[] = [];
  if (asked.only.length > 0) {
    notes.push(`Only ${asked.only.join(', ')} was judged; the grade is about that alone.`);
  }
  if (asked.quick) {
    notes.push('The run was quick: what lasts until the cap was left out.');
  }
  const accepted = results.filter((result) => result.accepted === true).map((result) => result.id);
  if (accepted.length > 0) {
    notes.push(`Accepted although not observed: ${accepted.join(', ')}.`);
  }
  const repeated = evidence.scenarios.filter((scenario) => scenario.attempt > 1).map((scenario) => scenario.scenario);
  if (repeated.length > 0) {
    notes.push(`Repeated once because the machine was too busy to trust the times: ${repeated.join(', ')}.`);
  }
  if (!results.some((result) => result.verdict === 'pass')) {
    notes.push('Nothing passed: nothing here says that the target conforms to anything.');
  }
  return notes;
}
