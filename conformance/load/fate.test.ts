import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, decideFate } from './fate.js';
import { networks, slowReader } from './networks.js';
import { splitPlan, streamNumber } from './split-plan.js';
import { examplePlan } from './testing/example-plan.js';
import type { LoadPlan } from './types.js';

const fates = (plan: LoadPlan, round = 0) =>
  Array.from({ length: plan.streams }, (_, nth) => decideFate(plan, streamNumber(plan, nth), round));

describe('decideFate', () => {
  it('keeps to the shares, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(20), (seed, round) => {
        const plan = examplePlan({
          seed,
          streams: 200,
          network: [
            { network: '3g', percent: 20 },
            { network: '4g', percent: 30 },
          ],
          cutRate: 0.1,
          slowReaders: 0.05,
        });
        const all = fates(plan, round);
        const count = (wanted: (one: (typeof all)[number]) => boolean) => all.filter(wanted).length;
        expect(Math.abs(count(({ cutAfter }) => cutAfter !== undefined) - 20)).toBeLessThanOrEqual(3);
        expect(Math.abs(count(({ isSlow }) => isSlow) - 10)).toBeLessThanOrEqual(3);
        expect(count(({ network }) => network === networks['3g'])).toBeGreaterThan(30);
        expect(count(({ network }) => network === undefined)).toBeGreaterThan(80);
        expect(all.every(({ isSlow, network }) => !isSlow || network === slowReader)).toBe(true);
        expect(new Set(all.map(({ streamId }) => streamId)).size).toBe(200);
      }),
      { numRuns: 50 },
    );
  });

  it('gives a stream the same fate in every share', () => {
    const plan = examplePlan({ streams: 50, cutRate: 0.3, network: [{ network: '4g', percent: 50 }], seed: 9 });
    const essence = (shares: readonly LoadPlan[]) =>
      shares
        .flatMap((share) => fates(share, 3))
        .map(({ random, ...rest }) => JSON.stringify([rest, random()]))
        .sort();
    expect(essence(splitPlan(plan, 7))).toEqual(essence([plan]));
  });

  it('cuts before the last event that is asked for', () => {
    const all = fates(examplePlan({ streams: 300, cutRate: 1, events: 5 }));
    expect(new Set(all.map(({ cutAfter }) => cutAfter))).toEqual(new Set([1, 2, 3, 4]));
  });
});

it('createRandom is uniform enough, and repeatable', () => {
  const [one, other] = [createRandom(7), createRandom(7)];
  const values = Array.from({ length: 2000 }, one);
  expect(values).toEqual(Array.from({ length: 2000 }, other));
  expect(values.filter((value) => value < 0.1).length).toBeGreaterThan(140);
  expect(values.filter((value) => value < 0.1).length).toBeLessThan(260);
});
