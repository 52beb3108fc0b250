import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayBefore, parseRetry, parseRetryAfter } from './backoff.js';

const backoff = (random: number) => ({ baseMs: 1000, capMs: 5000, random: () => random });

describe('delayBefore', () => {
  it.each([
    [0, 900, 1100],
    [1, 1800, 2200],
    [2, 3600, 4400],
    [3, 4500, 5000],
    [40, 4500, 5000],
  ])('attempt %i lies in [%i, %i]', (attempt, least, most) => {
    expect(delayBefore(attempt, backoff(0), [])).toBeCloseTo(least, 6);
    expect(delayBefore(attempt, backoff(0.999_999_9), [])).toBeCloseTo(most, 2);
  });

  it('stays within the window of the spec for any attempt and draw', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, draw) => {
        const d = Math.min(1000 * 2 ** attempt, 5000);
        const delay = delayBefore(attempt, backoff(draw), []);
        expect(delay).toBeGreaterThanOrEqual(0.5 * d);
        expect(delay).toBeLessThanOrEqual(Math.min(1.1 * d, 5000));
      }),
    );
  });

  it('obeys floors, and no floor beyond a minute', () => {
    expect(delayBefore(0, backoff(0.5), [2500, 0])).toBe(2500);
    expect(delayBefore(0, backoff(0.5), [9_999_999])).toBe(60_000);
  });
});

describe('parseRetry', () => {
  it.each([
    ['0', 0],
    ['2500', 2500],
    ['99999999999999999999', 60_000],
  ])('takes %s as %i ms', (value, ms) => expect(parseRetry(value)).toBe(ms));

  it.each(['', '3000x', '1e9', '-1', '+5', ' 5', '1.5', '٣'])('refuses "%s"', (value) =>
    expect(parseRetry(value)).toBeUndefined(),
  );
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);

  it.each([
    ['3', 3000],
    ['Sat, 21 Nov 2026 12:00:05 GMT', 5000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', 0],
    ['100000', 60_000],
  ])('takes %s as %i ms', (value, ms) => expect(parseRetryAfter(value, now)).toBe(ms));

  it('is nothing where the header is absent', () => expect(parseRetryAfter(null, now)).toBe(0));
});
