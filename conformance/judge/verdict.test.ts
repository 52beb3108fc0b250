import { describe, expect, it } from 'vitest';
import { evidenceOf, scenario } from '../evidence/fixture.js';
import type { Transcript } from '../evidence/types.js';
import type { Requirement } from '../spec/requirement.js';
import { notApplicable, type Rule, right, type Sighting, wrong } from './rule.js';
import { LAG_MS } from './tolerances.js';
import { judgeRequirement } from './verdict.js';

const requirement: Requirement = {
  id: 'CAP-001',
  title: 'End at the cap',
  role: 'server',
  keyword: 'MUST',
  level: 'Live',
  sentence: 'The server MUST end.',
  chapter: '55-cap.md',
  line: 3,
};

const at = { scenario: 'cap', connection: 'first', atMs: 12.34, offset: 7, excerpt: 'data: x' };

function ruleOf(sightings: readonly Sighting[], more: Partial<Rule> = {}): Rule {
  return { from: ['cap'], observes: 'o', occasion: 'Give one.', mend: 'Mend it.', judge: () => sightings, ...more };
}

function judge(
  sightings: readonly Sighting[],
  more: { rule?: Partial<Rule>; requirement?: Partial<Requirement>; cap?: Partial<Transcript>; strict?: boolean } = {},
) {
  return judgeRequirement(
    { ...requirement, ...more.requirement },
    ruleOf(sightings, more.rule),
    evidenceOf(scenario('cap', [], more.cap)),
    { strict: more.strict ?? false },
  );
}

describe('the table of verdicts', () => {
  it('never turns silence into a pass', () => {
    expect(judge([])).toMatchObject({ verdict: 'not-observed', sightings: 0, reason: 'Give one.' });
  });

  it('says what became of the scenario that looks for the occasion', () => {
    expect(judge([], { cap: { outcome: 'skipped', reason: 'left out by --quick' } }).reason).toBe(
      'Give one. (cap: left out by --quick)',
    );
  });

  it('passes what was seen right', () => {
    expect(judge([right(at), notApplicable('no')])).toMatchObject({ verdict: 'pass', sightings: 2, evidence: [] });
  });

  it('fails a broken MUST with its evidence and how to mend it', () => {
    const result = judge([right(at), wrong(at, 'one', 'two')]);
    expect(result).toMatchObject({ verdict: 'fail', sightings: 2, mend: 'Mend it.' });
    expect(result.evidence).toEqual([{ ...at, atMs: 12.3, expected: 'one', actual: 'two' }]);
  });

  it('shows at most five pieces of evidence, each bounded', () => {
    const result = judge(
      Array.from({ length: 9 }, () => wrong({ ...at, excerpt: 'e'.repeat(999) }, 'x'.repeat(9999), 'y')),
    );
    expect(result.evidence).toHaveLength(5);
    expect(result.evidence[0]?.expected.length).toBeLessThan(700);
    expect(result.evidence[0]?.excerpt).toHaveLength(300);
  });

  it.each(['SHOULD', 'SHOULD NOT'] as const)('warns of a broken %s, and fails it when strict', (keyword) => {
    expect(judge([wrong(at, 'a', 'b')], { requirement: { keyword } }).verdict).toBe('warn');
    expect(judge([wrong(at, 'a', 'b')], { requirement: { keyword }, strict: true }).verdict).toBe('fail');
  });

  it('never holds a MAY against anybody', () => {
    expect(judge([wrong(at, 'a', 'b')], { requirement: { keyword: 'MAY' } }).verdict).toBe('not-applicable');
    const none = judgeRequirement({ ...requirement, keyword: 'MAY' }, undefined, evidenceOf(), { strict: true });
    expect(none.verdict).toBe('not-applicable');
  });

  it('is not applicable where nothing else was seen', () => {
    expect(judge([notApplicable('no POST'), notApplicable('x')])).toMatchObject({
      verdict: 'not-applicable',
      reason: 'no POST',
    });
  });

  it('does not trust a timed failure of a lagging kit, and says so', () => {
    const cap = { lagMs: LAG_MS + 1 };
    expect(judge([wrong(at, 'a', 'b')], { rule: { timed: true }, cap })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining(`${LAG_MS + 1} ms`),
      evidence: [{ scenario: 'cap', expected: 'a', actual: 'b' }],
    });
    expect(judge([wrong(at, 'a', 'b')], { cap }).verdict).toBe('fail');
    expect(judge([right(at)], { rule: { timed: true }, cap }).verdict).toBe('pass');
  });

  it('trusts a timed failure from another scenario that did not lag', () => {
    const evidence = evidenceOf(scenario('cap', [], { lagMs: 999 }), scenario('error', []));
    const rule = ruleOf([wrong(at, 'a', 'b'), wrong({ scenario: 'error' }, 'c', 'd')], { timed: true });
    const result = judgeRequirement(requirement, rule, evidence, { strict: false });
    expect(result).toMatchObject({ verdict: 'fail', evidence: [{ scenario: 'error' }] });
  });

  it('takes what cannot be tested from the spec, whatever a rule says', () => {
    expect(judge([wrong(at, 'a', 'b')], { requirement: { notTestable: 'entropy' } })).toMatchObject({
      verdict: 'untestable',
      reason: 'entropy',
    });
  });

  it('blames the kit for a rule that breaks', () => {
    const broken = (): never => {
      throw new TypeError('x is not\n iterable');
    };
    expect(judge([], { rule: { judge: broken } })).toMatchObject({
      verdict: 'kit-error',
      reason: expect.stringContaining('x is not iterable'),
    });
  });

  it('blames the kit for a scenario that broke, where nothing was seen', () => {
    const cap = { outcome: 'kit-error', reason: 'out of sockets' } as const;
    expect(judge([], { cap })).toMatchObject({
      verdict: 'kit-error',
      reason: expect.stringContaining('out of sockets'),
    });
    expect(judge([right(at)], { cap }).verdict).toBe('pass');
  });

  it('has not observed what it has no rule for', () => {
    const result = judgeRequirement(requirement, undefined, evidenceOf(), { strict: false });
    expect(result.verdict).toBe('not-observed');
  });

  it('stops looking at a rule without end', () => {
    function* endless() {
      for (;;) yield right(at);
    }
    expect(judge([], { rule: { judge: endless } }).verdict).toBe('pass');
  });
});
