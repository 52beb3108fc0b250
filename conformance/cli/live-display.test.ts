import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reportWith } from '../report/testing/fixture.js';
import { startDisplay } from './live-display.js';
import type { TerminalFacts } from './terminal-facts.js';

const facts: TerminalFacts = { isTerminal: true, columns: 80, colour: false, unicode: true };

/** A terminal that keeps its lines and obeys the few sequences that the display uses. */
function fakeTerminal(columns: number) {
  let rows: string[] = [''];
  let cursor = 0;
  const written: string[] = [];
  const obey = (text: string) => {
    for (const token of text.match(/\x1b\[[?\d]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g) ?? []) {
      const up = /^\x1b\[(\d+)A$/.exec(token);
      if (up) cursor = Math.max(0, cursor - Number(up[1]));
      else if (token === '\x1b[J') rows = [...rows.slice(0, cursor), ''];
      else if (token === '\n') {
        cursor += 1;
        rows[cursor] ??= '';
      } else if (!token.startsWith('\x1b') && token !== '\r') rows[cursor] = token;
    }
  };
  return {
    columns,
    rows: 24,
    write(text: string | Uint8Array) {
      written.push(String(text));
      obey(String(text));
      return true;
    },
    screen: () => rows.join('\n').trimEnd(),
    all: () => written.join(''),
    /** Folds lines as terminals do that reflow. */
    narrowTo(narrow: number) {
      this.columns = narrow;
      const folded = rows.flatMap((row) => row.match(new RegExp(`.{1,${narrow}}`, 'g')) ?? ['']);
      cursor += folded.length - rows.length;
      rows = folded;
    },
  };
}

describe('the live display', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('draws over itself, and leaves nothing when it stops', () => {
    const terminal = fakeTerminal(80);
    terminal.write('$ conformance run\n');
    const display = startDisplay(terminal, facts);
    display.onProgress({ kind: 'planned', scenarios: ['cap'] });
    display.onProgress({ kind: 'scenario-started', name: 'cap', does: 'reads a stream until its cap' });
    vi.advanceTimersByTime(1000);
    expect(terminal.screen()).toContain('reads a stream until its cap');
    expect(terminal.screen().match(/scenarios done/g)).toHaveLength(1);
    display.stop();
    display.stop();
    expect(terminal.screen()).toBe('$ conformance run');
    expect(terminal.all().endsWith('\x1b[?25h')).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(terminal.screen()).toBe('$ conformance run');
  });

  it('survives a terminal that folds its lines when it is made narrower', () => {
    const terminal = fakeTerminal(80);
    terminal.write('$ conformance run\n');
    const display = startDisplay(terminal, facts);
    display.onProgress({ kind: 'scenario-started', name: 'cap', does: 'reads a stream until its cap, and on' });
    vi.advanceTimersByTime(200);
    terminal.narrowTo(30);
    vi.advanceTimersByTime(200);
    expect(terminal.screen().match(/scenarios done/g)).toHaveLength(1);
    display.stop();
    expect(terminal.screen()).toBe('$ conformance run');
  });

  it('writes plain lines where there is no terminal', () => {
    const terminal = fakeTerminal(80);
    const display = startDisplay(terminal, { ...facts, isTerminal: false });
    display.onProgress({ kind: 'planned', scenarios: ['cap', 'error'] });
    display.onProgress({ kind: 'bounded', boundMs: 4500 });
    display.onProgress({ kind: 'scenario-started', name: 'cap', does: 'reads on' });
    display.onProgress({ kind: 'scenario-ended', name: 'cap', outcome: 'done' });
    const { requirements } = reportWith({ 'CAP-001': { verdict: 'fail' } });
    for (const requirement of requirements) display.onProgress({ kind: 'verdict', requirement });
    display.stop();
    expect(terminal.all()).not.toMatch(/[^\P{Cc}\n]/u);
    expect(
      terminal
        .all()
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().replace(/^[\d.]+ s +/, '')),
    ).toEqual([
      '2 scenarios planned',
      'the run ends within 4.5 s',
      'cap: done (1 of 2)',
      expect.stringMatching(/^fail CAP-001 /),
    ]);
  });
});
