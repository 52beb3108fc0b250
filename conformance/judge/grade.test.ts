import { describe, expect, it } from 'vitest';
import type { Report } from '../../schemas/1.0/types/report.js';
import { conforms, gradeOf, levelsOf } from './grade.js';
import type { RequirementResult, Verdict } from './verdict.js';

type Row = readonly [RequirementResult['level'], Verdict, RequirementResult['keyword']?, true?];

function results(...rows: readonly Row[]): RequirementResult[] {
  return rows.map(([level, verdict, keyword, accepted], index) => ({
    id: `HTTP-${String(index + 1).padStart(3, '0')}`,
    title: 't',
    role: 'server',
    keyword: keyword ?? 'MUST',
    level,
    chapter: '20-http.md',
    verdict,
    sentence: 's',
    sightings: 1,
    evidence: [],
    ...(accepted === undefined ? {} : { accepted }),
  }));
}

const full: readonly Row[] = [
  ['Core', 'pass'],
  ['Live', 'pass'],
  ['Resume', 'pass'],
  ['Resume', 'pass', 'SHOULD'],
];

function asked(more: Partial<Report['asked']> = {}): Report['asked'] {
  return { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [], ...more };
}

describe('the grade', () => {
  it.each<[string, readonly Row[], Report['grade']]>([
    ['A+ where every SHOULD is met as well', full, 'A+'],
    ['A with a warning', [...full, ['Core', 'warn', 'SHOULD NOT']], 'A'],
    ['A with a SHOULD that was not observed', [...full, ['Live', 'not-observed', 'SHOULD']], 'A'],
    ['A+ whatever a MAY says', [...full, ['Live', 'not-observed', 'MAY']], 'A+'],
    [
      'A+ with what is untestable or not applicable',
      [...full, ['Core', 'untestable'], ['Core', 'not-applicable']],
      'A+',
    ],
    ['that of Operations where nothing else was selected', [['Operations', 'pass']], 'A+'],
    ['F where Operations fails and nothing else was selected', [['Operations', 'fail']], 'F'],
    ['A+ whatever Operations says, which stands beside the levels', [...full, ['Operations', 'fail']], 'A+'],
    ['B without Resume', [...full, ['Resume', 'fail']], 'B'],
    ['C without Live, whatever Resume says', [...full, ['Live', 'not-observed']], 'C'],
    ['F without Core', [...full, ['Core', 'fail']], 'F'],
    ['F with a kit error in Core', [...full, ['Core', 'kit-error']], 'F'],
    ['B with an inconclusive verdict in Resume', [...full, ['Resume', 'inconclusive']], 'B'],
    ['A+ with what the user accepted', [...full, ['Core', 'not-observed', 'MUST', true]], 'A+'],
    ['F of nothing', [], 'F'],
    ['F where all is not applicable', [['Core', 'not-applicable']], 'F'],
    ['B of a selection in Live alone', [['Live', 'pass']], 'B'],
  ])('is %s', (_, rows, grade) => {
    expect(gradeOf(results(...rows))).toBe(grade);
  });

  it('counts passes and requirements of each level', () => {
    expect(levelsOf(results(...full))).toEqual([
      { level: 'Core', met: true, requirements: 1, pass: 1 },
      { level: 'Live', met: true, requirements: 1, pass: 1 },
      { level: 'Resume', met: true, requirements: 2, pass: 2 },
      { level: 'Operations', met: false, requirements: 0, pass: 0 },
    ]);
  });
});

describe('conformance', () => {
  it('is about the asked level and those below it', () => {
    const rows = results(['Core', 'pass'], ['Live', 'pass'], ['Resume', 'fail']);
    expect(conforms(rows, asked({ level: 'Live' }))).toBe(true);
    expect(conforms(rows, asked({ level: 'Resume' }))).toBe(false);
  });

  it('is about everything selected where something was selected', () => {
    const rows = results(['Operations', 'pass'], ['Resume', 'pass']);
    expect(conforms(rows, asked({ level: 'Core', only: ['OPS'] }))).toBe(true);
    expect(conforms(results(['Operations', 'fail'], ['Core', 'pass']), asked({ only: ['OPS'] }))).toBe(false);
  });

  it('is never given for nothing', () => {
    expect(conforms([], asked())).toBe(false);
    expect(conforms(results(['Core', 'not-applicable']), asked({ only: ['HTTP'] }))).toBe(false);
    expect(conforms(results(['Core', 'not-observed', 'MUST', true]), asked({ only: ['HTTP'] }))).toBe(false);
  });
});
