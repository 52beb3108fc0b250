import { expect, it } from 'vitest';
import type { Report } from '../../schemas/1.0/types/report.js';
import { changesBetween, type Verdicts } from './changes.js';

type Row = Report['requirements'][number];

function verdicts(...rows: readonly [id: string, verdict: Row['verdict'], actual?: string][]): Verdicts {
  return new Map(
    rows.map(([id, verdict, actual]) => [
      id,
      {
        ...{ id, verdict, title: 't', role: 'server', keyword: 'MUST', level: 'Core', chapter: 'c', sentence: 's' },
        sightings: 1,
        evidence: actual === undefined ? [] : [{ scenario: 'cap', connection: 'first', expected: 'e', actual }],
      },
    ]),
  );
}

it('tells the verdicts that differ, with what was seen', () => {
  const before = verdicts(['A-001', 'pass'], ['A-002', 'pass'], ['A-003', 'fail', 'x']);
  const after = verdicts(['A-001', 'pass'], ['A-002', 'fail', 'late'], ['A-003', 'pass']);
  expect(changesBetween(before, after)).toEqual([
    { id: 'A-002', before: 'pass', after: 'fail', evidence: 'cap/first: late' },
    { id: 'A-003', before: 'fail', after: 'pass', evidence: 'cap/first: x' },
  ]);
});
