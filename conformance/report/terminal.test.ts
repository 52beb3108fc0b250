import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { measureColumns } from './printable.js';
import type { RenderContext } from './renderer.js';
import { renderTerminal } from './terminal.js';
import { toRanges } from './terminal-groups.js';
import { reportWith } from './testing/fixture.js';

const plain: RenderContext = { columns: 80, colour: false, unicode: true, verbose: false };

const hostile = '\x1b]0;owned\x07\x1b[2J\u202egnissap';
const evidence = {
  scenario: 'read-through',
  connection: 'first',
  atMs: 2304,
  offset: 120,
  expected: 'a heartbeat within 1000 ms',
  actual: `nothing for 2304 ms, then ${hostile}`,
  excerpt: `event: ${hostile}`,
};
const occasion = 'Give a URL whose stream ends in an error: --occasion error=URL.';
const report = reportWith(
  {
    'HEARTBEAT-001': { verdict: 'fail', mend: 'Write it before anything else.', evidence: [evidence, evidence] },
    'HTTP-010': { verdict: 'warn', evidence: [{ ...evidence, expected: 'X-Stream-Protocol: 1.0', actual: 'none' }] },
    'END-005': { verdict: 'not-observed', reason: occasion },
    'END-006': { verdict: 'not-observed', reason: occasion, accepted: true },
    'HTTP-011': { verdict: 'not-applicable', reason: 'It speaks HTTP/1.1.' },
    'TRACE-003': { verdict: 'kit-error', reason: 'The rule broke.' },
  },
  { grade: 'C', conforms: false, notes: ['The run was quick.'], target: `http://host/${hostile}` },
);

describe('the terminal report', () => {
  it.each([60, 80, 100, 120, 200])('fits %i columns', (columns) => {
    for (const verbose of [false, true]) {
      const lines = renderTerminal(report, { ...plain, columns, verbose }).split('\n');
      for (const line of lines) expect(measureColumns(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('lets nothing through that a target could steer a terminal with', () => {
    for (const verbose of [false, true]) {
      const text = renderTerminal(report, { ...plain, verbose });
      expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u);
      expect(text).toContain('\\x1b]0;owned\\x07');
    }
  });

  it('says with words all that it says with colours', () => {
    const coloured = renderTerminal(report, { ...plain, colour: true });
    expect(coloured).toContain('\x1b[');
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(report, plain));
  });

  it('has no character outside ASCII for a terminal that has none', () => {
    expect(renderTerminal(report, { ...plain, unicode: false })).toMatch(/^[\n\x20-\x7e]+$/);
  });

  it('shows a failure with its sentence, evidence, place and how to mend it', () => {
    const text = renderTerminal(report, plain);
    expect(text).toContain('✘ HEARTBEAT-001  First heartbeat in time');
    expect(text).toContain('The server MUST send a heartbeat within 1 s');
    expect(text).toContain('expected  a heartbeat within 1000 ms');
    expect(text).toContain('where     read-through/first, at 2.304 s, byte 120');
    expect(text).toContain('to mend   Write it before anything else.');
    expect(text).toContain('also      read-through/first');
  });

  it('says a hint once for all that it is about, and what was accepted', () => {
    const text = renderTerminal(report, plain);
    expect(text.split('--occasion error=URL')).toHaveLength(2);
    expect(text).toContain('END-005, END-006 (accepted)');
  });

  it('draws passes together, and lists them with titles when verbose', () => {
    const text = renderTerminal(report, plain);
    expect(text).toMatch(/✔ CAP +001–004/);
    expect(text).toMatch(/✔ HEARTBEAT 002–/);
    expect(text).not.toContain('CAP-001');
    expect(renderTerminal(report, { ...plain, verbose: true })).toContain('✔ CAP-001  ');
  });

  it('ends with the grade and the counts of every verdict that fell', () => {
    const end = renderTerminal(report, plain).trimEnd().split('\n').slice(-3).join('\n');
    expect(end).toMatch(/Grade C: does not conform to Resume\.\n\d+ pass, 1 fail, 1 warn, 2 not observed, 1 kit error/);
    expect(end).toContain('conformance explain HEARTBEAT-001');
  });

  it('says that nothing is to be done where the baseline lists every failure', () => {
    const text = renderTerminal(report, { ...plain, baselineHolds: true });
    expect(text).toContain('Grade C: conforms to Resume, but for what the baseline lists.');
    expect(text).not.toContain('does not conform');
  });

  it('speaks of the selection where only some requirements were judged', () => {
    const asked = { ...report.asked, only: ['CAP'] };
    const text = renderTerminal({ ...report, asked, conforms: true, grade: 'B' }, plain);
    expect(text).toContain('Grade B: conforms in all that was selected.');
  });
});

describe('toRanges', () => {
  it.each([
    [['001'], '001'],
    [['001', '002'], '001 002'],
    [['001', '002', '003', '005', '007', '008', '009'], '001–003 005 007–009'],
  ])('draws %j as %s', (numbers, drawn) => {
    expect(toRanges(numbers)).toBe(drawn);
  });
});
