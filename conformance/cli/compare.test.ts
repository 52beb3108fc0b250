import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../schemas/1.0/types/report.js';
import { reportWith } from '../report/testing/fixture.js';
import { hostile } from '../report/testing/hostile.js';
import { compareFiles } from './compare-files.js';
import { compareReports } from './compare-reports.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compare-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

type Change = Partial<Report['requirements'][number]>;

const missed: Change = { verdict: 'not-observed', reason: 'Give one.' };
const failed: Change = {
  verdict: 'fail',
  evidence: [{ scenario: 'cap', expected: 'an end', actual: `none, but ${hostile}` }],
};
const good = reportWith({}, { grade: 'A', conforms: true });

describe('compareReports', () => {
  it.each([
    ['pass to fail', {}, failed, 'regressions'],
    ['pass to not observed', {}, missed, 'regressions'],
    ['not observed to fail', missed, failed, 'regressions'],
    ['accepted to not observed', { ...missed, accepted: true }, missed, 'regressions'],
    ['fail to pass', failed, {}, 'improvements'],
    ['fail to not observed', failed, missed, 'improvements'],
    ['pass to not applicable', {}, { verdict: 'not-applicable' }, 'others'],
    ['not observed to inconclusive', missed, { verdict: 'inconclusive' }, 'others'],
  ] as const)('%s', (_, before, after, expected) => {
    const found = compareReports(reportWith({ 'CAP-001': before }), reportWith({ 'CAP-001': after }));
    for (const list of ['regressions', 'improvements', 'others'] as const) {
      expect(
        found[list].map(({ id }) => id),
        list,
      ).toEqual(list === expected ? ['CAP-001'] : []);
    }
    expect(found.worse).toBe(expected === 'regressions');
  });

  it('finds nothing between a report and itself', () => {
    expect(compareReports(good, good)).toMatchObject({
      worse: false,
      lost: [],
      others: [],
      added: [],
      gone: [],
      notes: [],
    });
  });

  it('counts a lost grade, level and conformance as worse', () => {
    const met = (is: boolean): Report['levels'] => [{ level: 'Core', met: is, requirements: 60, pass: 60 }];
    const found = compareReports(
      { ...good, levels: met(true) },
      { ...good, grade: 'F', conforms: false, levels: met(false) },
    );
    expect(found.lost).toEqual([
      'The grade fell from A to F.',
      'The target no longer conforms to Resume.',
      'Core is no longer met.',
    ]);
    expect(found.worse).toBe(true);
  });

  it('does not hold the grade of a selection against one of the whole', () => {
    const asked = { ...good.asked, only: ['CAP'] };
    const requirements = good.requirements.filter(({ id }) => id.startsWith('CAP-'));
    const found = compareReports(good, { ...good, grade: 'F', conforms: false, asked, requirements });
    expect(found.worse).toBe(false);
    expect(found.gone.length).toBe(good.requirements.length - requirements.length);
    expect(found.notes).toEqual(['The selections differ: grade and levels are not compared.']);
  });
});

describe('conformance compare', () => {
  it('gives 1 and says what turned where something got worse, and 0 where nothing did', () => {
    const before = write('before.json', reportWith({ 'CAP-002': missed }));
    const after = write('after.json', reportWith({ 'CAP-001': failed }));
    const worse = compareFiles(before, after, false);
    expect(worse.code).toBe(1);
    expect(worse.text).toContain('x CAP-001  pass -> fail  End at the cap\n      none, but \\x1b]0;owned');
    expect(worse.text).toContain('+ CAP-002  not-observed -> pass');
    expect(worse.text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(compareFiles(after, after, false).code).toBe(0);
  });

  it('lets nothing of a target become Markdown', () => {
    const { text } = compareFiles(write('a.json', good), write('b.json', reportWith({ 'CAP-001': failed })), true);
    expect(text).toContain('| CAP&#45;001 End at the cap | pass | fail | none, but &#92;x1b');
    expect(text).not.toMatch(/<script|\*\*b\*\*|\]\(/);
  });

  it.each([
    ['no JSON', '{', /^compare: cannot read a report from ".*" \(it is no JSON from character 2 on\)/],
    ['another document', { schema: 'x' }, /^compare: ".*" is not a report of the schema kit\/report \(/],
    [
      'a report on a client',
      { ...good, role: 'client' },
      /two reports on servers or two on clients, got a server and a client/,
    ],
  ])('refuses %s in one line', (_, content, reason) => {
    const file = write('other.json', content);
    const run = () => compareFiles(write('good.json', good), file, false);
    expect(run).toThrow(reason);
    expect(run).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('refuses a file that is not there', () => {
    expect(() => compareFiles(join(folder, 'none.json'), join(folder, 'none.json'), false)).toThrow(/ENOENT/);
  });
});
