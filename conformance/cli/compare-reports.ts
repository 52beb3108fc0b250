/** What turned between two reports on the same kind of target. Pure. */
import type { Report } from '../../schemas/1.0/types/report.js';

type Row = Report['requirements'][number];

/** One requirement whose verdict is another now. */
export interface Turn {
  readonly id: string;
  readonly title: string;
  readonly before: string;
  readonly after: string;
  /** Why, where the new report says so: what was seen instead, or why nothing was. */
  readonly because: string | undefined;
}

export interface ReportComparison {
  readonly before: Report;
  readonly after: Report;
  /** True where the target lost something: a verdict, a level, a grade, or its conformance. */
  readonly worse: boolean;
  /** What was lost as a whole, one sentence each. */
  readonly lost: readonly string[];
  readonly regressions: readonly Turn[];
  readonly improvements: readonly Turn[];
  /** Another verdict, neither better nor worse. */
  readonly others: readonly Turn[];
  /** In one report alone. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** What makes the two reports hard to compare, one sentence each. */
  readonly notes: readonly string[];
}

const grades: readonly Report['grade'][] = ['F', 'C', 'B', 'A', 'A+'];

export function compareReports(before: Report, after: Report): ReportComparison {
  const old = new Map(before.requirements.map((row) => [row.id, row]));
  const current = new Set(after.requirements.map(({ id }) => id));
  const pairs = after.requirements.flatMap((row) => {
    const previous = old.get(row.id);
    return previous === undefined ? [] : [[previous, row] as const];
  });
  const turned = (holds: (step: number) => boolean): Turn[] =>
    pairs
      .filter(([was, is]) => wordsFor(was) !== wordsFor(is) && holds(standingOf(is) - standingOf(was)))
      .map(([was, is]) => turnOf(was, is));
  const regressions = turned((step) => step < 0);
  const lost = lostBetween(before, after);
  return {
    before,
    after,
    worse: regressions.length + lost.length > 0,
    lost,
    regressions,
    improvements: turned((step) => step > 0),
    others: turned((step) => step === 0),
    added: after.requirements.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    gone: before.requirements.filter(({ id }) => !current.has(id)).map(({ id }) => id),
    notes: differencesOf(before, after),
  };
}

/** From bad to good: a failure, what leaves a doubt, and what is in order or does not count. */
function standingOf({ verdict, keyword, accepted }: Row): number {
  if (verdict === 'fail') return 0;
  if (accepted === true || keyword === 'MAY') return 2;
  return ['warn', 'not-observed', 'inconclusive', 'kit-error'].includes(verdict) ? 1 : 2;
}

function wordsFor({ verdict, accepted }: Row): string {
  return accepted === true ? `${verdict} (accepted)` : verdict;
}

function turnOf(was: Row, is: Row): Turn {
  return {
    id: is.id,
    title: is.title,
    before: wordsFor(was),
    after: wordsFor(is),
    because: is.verdict === 'pass' ? undefined : (is.evidence[0]?.actual ?? is.reason),
  };
}

/** Only where both runs judged the same selection: a grade of a part is none of the whole. */
function lostBetween(before: Report, after: Report): string[] {
  if (!sameSelection(before, after)) return [];
  const lost: string[] = [];
  if (grades.indexOf(after.grade) < grades.indexOf(before.grade)) {
    lost.push(`The grade fell from ${before.grade} to ${after.grade}.`);
  }
  if (before.asked.level === after.asked.level && before.conforms && !after.conforms) {
    lost.push(`The target no longer conforms to ${after.asked.level}.`);
  }
  for (const { level, met } of before.levels) {
    if (met && after.levels.some((now) => now.level === level && !now.met)) lost.push(`${level} is no longer met.`);
  }
  return lost;
}

function differencesOf(before: Report, after: Report): string[] {
  const notes: string[] = [];
  const say = (what: string, was: string, is: string) => {
    if (was !== is) notes.push(`The ${what} differs: ${was} before, ${is} now.`);
  };
  say('target', before.target, after.target);
  say('version of the spec', before.spec, after.spec);
  say('version of the kit', before.kit, after.kit);
  say('level asked for', before.asked.level, after.asked.level);
  say('strictness', before.asked.strict ? 'strict' : 'not strict', after.asked.strict ? 'strict' : 'not strict');
  say('length of the run', before.asked.quick ? 'quick' : 'full', after.asked.quick ? 'quick' : 'full');
  if (!sameSelection(before, after)) notes.push('The selections differ: grade and levels are not compared.');
  return notes;
}

function sameSelection(before: Report, after: Report): boolean {
  const selected = ({ asked }: Report) => [...asked.only].sort().join(' ');
  return selected(before) === selected(after);
}
