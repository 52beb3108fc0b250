import { describe, expect, it } from 'vitest';
import type { RequirementResult, Verdict } from '../judge/verdict.js';
import { findRepetitions, mergeAttempts } from './repeat.js';
import { ruleFrom } from './testing/runs.js';

const rules = { 'CAP-001': { ...ruleFrom(['cap', 'error']), timed: true }, 'HTTP-001': ruleFrom(['cap']) };

function result(verdict: Verdict, seenIn: readonly string[] = [], id = 'CAP-001'): RequirementResult {
  return {
    ...{ id, verdict, title: 't', role: 'server', keyword: 'MUST', level: 'Live', chapter: 'c', sentence: 's' },
    sightings: 1,
    evidence: seenIn.map((scenario) => ({ scenario, expected: 'a', actual: 'b' })),
  };
}

function transcripts(lagOfCap: number, lagOfError = 0, outcome: 'done' | 'timeout' = 'done') {
  return [
    { scenario: 'cap', lagMs: lagOfCap, outcome },
    { scenario: 'error', lagMs: lagOfError, outcome: 'done' as const },
  ];
}

const repeated = (one: RequirementResult, lagOfCap: number, lagOfError?: number, outcome?: 'done' | 'timeout') =>
  findRepetitions(rules, [one], transcripts(lagOfCap, lagOfError, outcome)).get(one.id) ?? [];

describe('what is played again', () => {
  it('is where the kit lagged, for what stayed inconclusive', () => {
    expect(repeated(result('inconclusive', ['cap']), 300, 300)).toEqual(['cap']);
    expect(repeated(result('inconclusive'), 300, 300)).toEqual(['cap', 'error']);
  });

  it('is a failure by time on a busy machine, unless it was seen in a quiet scenario too', () => {
    expect(repeated(result('fail', ['cap']), 60)).toEqual(['cap']);
    expect(repeated(result('warn', ['cap', 'error']), 60, 60)).toEqual(['cap', 'error']);
    expect(repeated(result('fail', ['cap', 'error']), 60, 10)).toEqual([]);
    expect(repeated(result('fail', ['cap']), 10)).toEqual([]);
  });

  it('is no failure that time has nothing to do with', () => {
    expect(repeated(result('fail', ['cap'], 'HTTP-001'), 300)).toEqual([]);
  });

  it('is what a lagging kit had no time for', () => {
    expect(repeated(result('not-observed'), 300, 0, 'timeout')).toEqual(['cap']);
    expect(repeated(result('not-observed'), 10, 0, 'timeout')).toEqual([]);
    expect(repeated(result('pass'), 300, 0, 'timeout')).toEqual([]);
  });
});

it('the second judgement counts for what was to be judged again, where it saw anything', () => {
  const other = result('pass', [], 'HTTP-001');
  const merge = (first: RequirementResult, second: RequirementResult) =>
    mergeAttempts([first, other], [second, result('fail', ['cap'], 'HTTP-001')], new Map([['CAP-001', ['cap']]]));
  expect(merge(result('inconclusive'), result('pass'))).toEqual([result('pass'), other]);
  expect(merge(result('inconclusive'), result('fail', ['cap']))).toEqual([result('fail', ['cap']), other]);
  expect(merge(result('inconclusive'), result('not-observed'))).toEqual([result('inconclusive'), other]);
});
