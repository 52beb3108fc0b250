import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connection, evidenceOf, scenario } from '../evidence/fixture.js';
import { assembleReport } from '../judge/report.js';
import { type Rule, right, wrong } from '../judge/rule.js';
import { readRequirements } from '../spec/read-spec.js';
import { compareWithBaseline, parseBaseline, readBaseline, writeBaseline } from './baseline-file.js';

const folder = mkdtempSync(join(tmpdir(), 'conformance-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const all = readRequirements('1.0');
const at = { scenario: 'read-through' };
const judging = (judge: Rule['judge']): Rule => ({
  from: ['read-through'],
  observes: 'o',
  occasion: 'c',
  mend: 'm',
  judge,
});

/** HTTP-001 passes, HTTP-002 fails, HTTP-003 was not observed. */
const report = assembleReport({
  requirements: all.filter(({ id }) => ['HTTP-001', 'HTTP-002', 'HTTP-003'].includes(id)),
  rules: {
    'HTTP-001': judging(() => [right(at)]),
    'HTTP-002': judging(() => [wrong(at, 'one thing', 'another\nthing')]),
  },
  evidence: evidenceOf(scenario('read-through', [connection()])),
  role: 'server',
  spec: '1.0',
  kit: '0.0.0',
  target: 'http://target.test/',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  asked: { level: 'Resume', only: [], strict: false, quick: false, acceptUnobserved: [] },
});

const compare = (text: string) => compareWithBaseline(report, parseBaseline(text, 'known.txt'), all);

describe('a baseline', () => {
  it('holds where it names all that fails, and nothing else', () => {
    expect(compare('# known\n\nHTTP-002  # the proxy does it\nHTTP-003 # no\r\n')).toEqual({
      holds: true,
      notes: ['Known failures, accepted by the baseline: HTTP-002, HTTP-003.'],
    });
  });

  it.each([
    ['a new failure', 'HTTP-002  # a', 'Not in the baseline: HTTP-003.'],
    [
      'a failure that is none any more',
      'HTTP-001 # a\nHTTP-002  # a\nHTTP-003 # b',
      'In the baseline, but no longer failing: take out: HTTP-001.',
    ],
    [
      'an id that nobody knows',
      'HTTP-002 # a\nHTTP-003 # b\nHTTP-999  # c',
      'In the baseline, but no requirement of this spec: take out: HTTP-999.',
    ],
  ])('does not hold with %s', (_, text, note) => {
    expect(compare(text)).toMatchObject({ holds: false, notes: expect.arrayContaining([note]) });
  });

  it('leaves alone what was not judged', () => {
    const known = parseBaseline('HTTP-002 # a\nHTTP-003 # b\nREPLAY-001 # c', 'known.txt');
    expect(compareWithBaseline(report, known, all).holds).toBe(true);
  });

  it.each(['HTTP-002', 'HTTP-002 #', 'HTTP-002  # ', 'http-002 # a', 'HTTP # a', 'anything'])('refuses %j', (line) => {
    expect(() => parseBaseline(`\n${line}`, 'known.txt')).toThrow(/known.txt, line 2: expected "ID {2}# reason"/);
  });

  it('is written so that it holds', () => {
    const file = join(folder, 'known.txt');
    writeBaseline(file, report);
    expect(readFileSync(file, 'utf8')).toContain('HTTP-002  # to be explained: fail, another thing\n');
    expect(compareWithBaseline(report, readBaseline(file), all).holds).toBe(true);
    expect(() => readBaseline(join(folder, 'none'))).toThrow(/cannot read the file/);
    expect(() => writeBaseline(join(folder, 'no', 'folder'), report)).toThrow(/cannot write/);
  });
});
