/** From verdicts to levels, the grade, and whether the target conforms to what was asked. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { specLevels } from '../spec/requirement.js';
import type { RequirementResult } from './verdict.js';

export type LevelResult = Report['levels'][number];
export type Grade = Report['grade'];

/** The levels that the grade is made of, each on top of the one before, with the grade that it earns. */
const LADDER = [
  ['Core', 'C'],
  ['Live', 'B'],
  ['Resume', 'A'],
] as const;

/** What keeps a level from being met: `untestable`, `not-applicable` and a MAY never do, nor a SHOULD that is no `fail`. */
export function countsAgainst(result: RequirementResult): boolean {
  if (result.keyword === 'MAY' || result.accepted === true) {
    return false;
  }
  if (result.verdict === 'fail') {
    return true;
  }
  return result.keyword.startsWith('MUST') && isUndecided(result);
}

/** What keeps an A from being an A+. */
function countsAgainstPlus(result: RequirementResult): boolean {
  if (!result.keyword.startsWith('SHOULD') || result.accepted === true) {
    return false;
  }
  return result.verdict === 'warn' || result.verdict === 'fail' || isUndecided(result);
}

function isUndecided({ verdict }: RequirementResult): boolean {
  return verdict === 'not-observed' || verdict === 'inconclusive' || verdict === 'kit-error';
}

/** One entry a level. A level without a single pass is never met. */
export function levelsOf(results: readonly RequirementResult[]): LevelResult[] {
  return specLevels.map((level) => {
    const own = results.filter((result) => result.level === level);
    const pass = own.filter((result) => result.verdict === 'pass').length;
    return { level, met: pass > 0 && !own.some(countsAgainst), requirements: own.length, pass };
  });
}

/** F, C, B, A or A+. A level of which nothing was selected is stepped over: it can be neither earned nor missed. */
export function gradeOf(results: readonly RequirementResult[]): Grade {
  const levels = levelsOf(results);
  if (results.length > 0 && results.every(({ level }) => level === 'Operations')) {
    // Nothing else was selected: then it alone is graded.
    const best = results.some(countsAgainstPlus) ? 'A' : 'A+';
    return levels.some(({ met }) => met) ? best : 'F';
  }
  let grade: Grade = 'F';
  for (const [name, earned] of LADDER) {
    const level = levels.find((candidate) => candidate.level === name);
    if (level === undefined || level.requirements === 0) {
      continue;
    }
    if (!level.met) {
      return grade;
    }
    grade = earned;
  }
  const graded = results.filter((result) => result.level !== 'Operations');
  return grade === 'A' && !graded.some(countsAgainstPlus) ? 'A+' : grade;
}

/**
 * Whether the asked level and those below it are met. With a selection (`only`) everything selected has to be met,
 * whatever its level. Without a single pass nothing conforms.
 */
export function conforms(results: readonly RequirementResult[], asked: Report['asked']): boolean {
  if (asked.only.length > 0) {
    return results.some((result) => result.verdict === 'pass') && !results.some(countsAgainst);
  }
  const levels = levelsOf(results);
  const needed = LADDER.slice(0, LADDER.findIndex(([name]) => name === asked.level) + 1);
  return needed.every(([name]) => levels.find((level) => level.level === name)?.met === true);
}
