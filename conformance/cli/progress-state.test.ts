import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { styleFor } from '../report/terminal-style.js';
import { reportWith } from '../report/testing/fixture.js';
import type { Progress } from '../run/types.js';
import { advance, drawFrame, initialState } from './progress-state.js';

const style = styleFor({ columns: 60, colour: true, unicode: true, verbose: false });
const report = reportWith({
  'CAP-001': { verdict: 'fail' },
  'CAP-002': { verdict: 'warn', title: 'x\x1b[2J'.repeat(30) },
});
const verdicts = report.requirements.map((requirement): Progress => ({ kind: 'verdict', requirement }));

function after(...happened: readonly Progress[]) {
  return happened.reduce(advance, initialState);
}

function lines(happened: readonly Progress[], elapsedMs = 1200): string[] {
  return drawFrame(after(...happened), elapsedMs, 0, style).map(({ plain, shown }) => {
    expect(stripVTControlCharacters(shown).slice(2)).toBe(plain.slice(2));
    expect(plain.length).toBeLessThanOrEqual(60);
    return plain;
  });
}

const started = (name: string): Progress => ({ kind: 'scenario-started', name, does: `does ${name}` });

describe('the live frame', () => {
  it('waits for the cap before it promises an end', () => {
    expect(lines([])[0]).toContain('waiting for the target to declare its cap');
    expect(lines([{ kind: 'bounded', boundMs: 4500 }])[0]).toContain('1.2 s, at most 3.3 s left');
    expect(lines([{ kind: 'bounded', boundMs: 1000 }])[0]).toContain('at most 0.0 s left');
  });

  it('shows what is observed now, and how much is done', () => {
    const text = lines([
      { kind: 'planned', scenarios: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(started),
      { kind: 'scenario-ended', name: 'a', outcome: 'done' },
    ]).join('\n');
    expect(text).toContain('b  does b');
    expect(text).not.toContain('does a');
    expect(text).toContain('and 2 more: f, g');
    expect(text).toContain('1 of 7 scenarios done');
  });

  it('counts a scenario that is repeated once', () => {
    const ended = (name: string): Progress => ({ kind: 'scenario-ended', name, outcome: 'done' });
    const once: Progress[] = [
      { kind: 'planned', scenarios: ['a', 'b'] },
      started('a'),
      ended('a'),
      started('b'),
      ended('b'),
    ];
    expect(lines(once).join('\n')).toContain('2 of 2 scenarios done');
    expect(lines([...once, started('a')]).join('\n')).toContain('1 of 2 scenarios done');
    expect(lines([...once, started('a'), ended('a')]).join('\n')).toContain('2 of 2 scenarios done');
  });

  it('counts verdicts as they fall and shows the latest that matter', () => {
    const text = lines(verdicts).join('\n');
    expect(text).toMatch(/\d+ pass, 1 fail, 1 warn/);
    expect(text).toContain('fail CAP-001');
    expect(text).toContain('\\x1b[2J');
  });
});
