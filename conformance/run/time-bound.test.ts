import { describe, expect, it } from 'vitest';
import { TimeBound } from './time-bound.js';

describe('the time of a run', () => {
  it('is that of the default cap until the target declares its own', () => {
    const bound = new TimeBound(0, undefined);
    expect(bound.endsAtMs).toBeGreaterThan(61_000);
    let moved = 0;
    bound.onMove(() => {
      moved += 1;
    });
    bound.declare(10, 100);
    expect(bound.endsAtMs).toBe(100 + TimeBound.lifeMs(10));
    bound.declare(3, 200);
    expect(bound.endsAtMs).toBe(100 + TimeBound.lifeMs(10));
    expect(moved).toBe(1);
  });

  it('is long enough for refusals and pauses, however short the cap', () => {
    const bound = new TimeBound(0, undefined);
    bound.declare(0.05, 100);
    expect(bound.endsAtMs).toBe(4100);
  });

  it('follows the longest cap of all occasions', () => {
    const bound = new TimeBound(0, undefined);
    bound.declare(5, 100);
    bound.declare(20, 300);
    expect(bound.endsAtMs).toBe(100 + TimeBound.lifeMs(20));
    expect(bound.cutsShort).toBe(false);
  });

  it('is never longer than allowed, and tells so', () => {
    const bound = new TimeBound(1000, 2000);
    bound.declare(5, 1100);
    expect(bound.endsAtMs).toBe(3000);
    expect(bound.cutsShort).toBe(true);
    const patient = new TimeBound(0, undefined);
    patient.declare(86_400, 0);
    expect(patient.endsAtMs).toBe(15 * 60 * 1000);
  });
});
