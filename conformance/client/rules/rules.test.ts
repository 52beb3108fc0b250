import { describe, expect, it } from 'vitest';
import { clientRuleBook } from './index.js';
import { courseCases } from './testing/course-cases.js';
import { readingCases } from './testing/reading-cases.js';
import { retryCases } from './testing/retry-cases.js';
import { stateCases } from './testing/state-cases.js';
import { brokenIn, faultsOf, keptIn, kindsOf, withoutConnections } from './testing/verdicts.js';

const cases = { ...readingCases, ...courseCases, ...retryCases, ...stateCases };

it('has a case for every rule', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(clientRuleBook).sort());
});

describe('what is right', () => {
  const rows = Object.entries(cases).filter(([, { right }]) => right.length > 0);

  it.each(rows)('%s is seen to be kept', (id, { right }) => {
    expect(kindsOf(id, right)).toContain('right');
  });

  it.each(rows)('where %s is kept nothing is held against the client', (_, { right }) => {
    expect(brokenIn(right)).toEqual([]);
  });
});

describe('what is wrong', () => {
  const allowed = new Map(Object.entries(cases).map(([id, { also = [] }]) => [id, also]));

  it.each(faultsOf(cases))('$id: $what', ({ id, transcripts }) => {
    const broken = brokenIn(transcripts);
    expect(broken).toContain(id);
    expect(broken.filter((other) => other !== id && allowed.get(id)?.includes(other) !== true)).toEqual([]);
  });
});

describe('what nobody did', () => {
  it.each(Object.keys(clientRuleBook))('%s sees nothing in nothing', (id) => {
    expect(kindsOf(id, [])).toEqual([]);
  });

  it('finds nothing kept where no request was sent, whatever was printed', () => {
    const all = Object.values(cases).flatMap(({ right, wrong }) => [...right, ...Object.values(wrong).flat()]);
    for (const transcript of all) {
      expect(keptIn(withoutConnections([transcript]))).toEqual([]);
    }
  });
});
