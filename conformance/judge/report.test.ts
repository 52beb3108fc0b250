import { describe, expect, it } from 'vitest';
import { evidenceOf, scenario } from '../evidence/fixture.js';
import { KitError } from '../kit-error.js';
import type { Requirement } from '../spec/requirement.js';
import { assembleReport, type ReportInput } from './report.js';
import { right } from './rule.js';
import { selectRequirements } from './selection.js';

function requirement(id: string, more: Partial<Requirement> = {}): Requirement {
  return {
    id,
    title: id,
    role: 'server',
    keyword: 'MUST',
    level: 'Core',
    sentence: 'The server MUST.',
    chapter: '20-http.md',
    line: 1,
    ...more,
  };
}

const all = [
  requirement('HTTP-001'),
  requirement('HTTP-002', { retired: '1.1' }),
  requirement('HTTP-013', { role: 'client' }),
  requirement('CAP-001', { level: 'Live' }),
];

function input(more: Partial<ReportInput> = {}): ReportInput {
  return {
    requirements: selectRequirements(all, 'server', []),
    rules: {
      'HTTP-001': {
        from: ['read-through'],
        observes: 'o',
        occasion: 'c',
        mend: 'm',
        judge: () => [right({ scenario: 'read-through' })],
      },
    },
    evidence: evidenceOf(scenario('read-through', [], { attempt: 2 })),
    role: 'server',
    spec: '1.0',
    kit: '0.1.0',
    target: 'http://target.test/',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 12.6,
    asked: { level: 'Core', only: [], strict: false, quick: true, acceptUnobserved: [] },
    ...more,
  };
}

describe('the report', () => {
  it('holds verdicts, grade and what a reader must know', () => {
    const report = assembleReport(input());
    expect(report).toMatchObject({ grade: 'C', conforms: true, durationMs: 13 });
    expect(report.requirements.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['HTTP-001', 'pass'],
      ['CAP-001', 'not-observed'],
    ]);
    expect(report.summary).toMatchObject({ pass: 1, 'not-observed': 1, fail: 0 });
    expect(report.notes.join(' ')).toMatch(/quick.*Repeated once.*read-through/);
  });

  it('marks what the user accepted, where it was not observed, and says so', () => {
    const asked = { ...input().asked, acceptUnobserved: ['CAP-001', 'HTTP-001'] };
    const report = assembleReport(input({ asked }));
    expect(report.requirements.map(({ accepted }) => accepted)).toEqual([undefined, true]);
    expect(report.notes).toContain('Accepted although not observed: CAP-001.');
  });

  it('says that nothing passed', () => {
    const report = assembleReport(input({ rules: {} }));
    expect(report).toMatchObject({ grade: 'F', conforms: false });
    expect(report.notes.join(' ')).toContain('Nothing passed');
  });
});

describe('a selection', () => {
  it('takes ids and areas, of the role alone', () => {
    expect(selectRequirements(all, 'server', ['CAP']).map(({ id }) => id)).toEqual(['CAP-001']);
    expect(selectRequirements(all, 'server', ['HTTP-001', 'HTTP']).map(({ id }) => id)).toEqual(['HTTP-001']);
  });

  it.each(['HTTP-002', 'HTTP-013', 'NONE', '', 'HTTP-01'])('refuses %j', (name) => {
    expect(() => selectRequirements(all, 'server', [name])).toThrow(KitError);
  });
});
