import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayBefore, floorOf, parseRetryAfter } from './backoff.js';

const backoff = (random: number) => ({ baseMs: 1000, capMs: 5000, random: () => random });

describe('delayBefore', () => {
  it.each([
    [0, 900, 1100],
    [1, 1800, 2200],
    [2, 3600, 4400],
    [3, 4500, 5000],
    [40, 4500, 5000],
  ])('attempt %i lies in [%i, %i]', (attempt, least, most) => {
    expect(delayBefore(attempt, backoff(0), 0)).toBeCloseTo(least, 6);
    expect(delayBefore(attempt, backoff(0.999_999_9), 0)).toBeCloseTo(most, 2);
  });

  it('stays within the window of the spec for any attempt and draw', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, draw) => {
        const d = Math.min(1000 * 2 ** attempt, 5000);
        const delay = delayBefore(attempt, backoff(draw), 0);
        expect(delay).toBeGreaterThanOrEqual(0.5 * d);
        expect(delay).toBeLessThanOrEqual(Math.min(1.1 * d, 5000));
      }),
    );
  });

  it('obeys a floor, spread over a tenth of it', () => {
    expect(delayBefore(0, backoff(0), 2500)).toBe(2500);
    expect(delayBefore(0, backoff(0.5), 2500)).toBe(2625);
    expect(delayBefore(0, backoff(0), 1000)).toBe(1000);
    expect(delayBefore(0, backoff(0.5), 1000)).toBe(1050);
  });
});

describe('floorOf', () => {
  it.each([
    [0, 0, 0],
    [2500, 0, 2500],
    [2500, 7000, 7000],
    [Number.POSITIVE_INFINITY, 0, 60_000],
    [0, 9_999_999, 60_000],
  ])('of retry %i and Retry-After %i is %i', (retryMs, retryAfterMs, floorMs) =>
    expect(floorOf(retryMs, retryAfterMs)).toBe(floorMs),
  );
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);

  it.each([
    ['3', 3000],
    ['Sat, 21 Nov 2026 12:00:05 GMT', 5000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
    ['100000', 100_000_000],
  ])('takes %s as %i ms', (value, ms) => expect(parseRetryAfter(value, now)).toBe(ms));

  it('is nothing where the header is absent', () => expect(parseRetryAfter(null, now)).toBe(0));
});
