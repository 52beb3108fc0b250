import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { decodeHistograms, type HistogramName, recordMs } from './histograms.js';
import { lostShare, mergeResults } from './merge-results.js';
import { splitPlan, streamNumber } from './split-plan.js';
import { noCounts, Tally } from './tally.js';
import { examplePlan } from './testing/example-plan.js';
import { type FindingKind, findingKinds, type LoadCounts, type LoadGenerator, type LoadResult } from './types.js';

const generator: LoadGenerator = {
  name: 'one',
  outcome: 'whole',
  streams: 1,
  startedAt: '2026-11-21T12:00:00.000Z',
  durationMs: 1000,
  busy: 0.5,
  lagP99Ms: 1,
  lagMaxMs: 2,
  memoryBytes: 1,
};

const kinds = Object.keys(findingKinds).filter((kind): kind is FindingKind => kind in findingKinds);

/** One thing that a generator sees, and when. */
type Observation =
  | { readonly see: 'time'; readonly in: HistogramName; readonly ms: number }
  | { readonly see: 'count'; readonly name: keyof LoadCounts; readonly by: number }
  | { readonly see: 'finding'; readonly kind: FindingKind }
  | { readonly see: 'failure'; readonly reason: string };

const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    see: fc.constant('time' as const),
    in: fc.constantFrom<HistogramName>('timeToFirstEvent', 'interEvent', 'reconnect', 'detection', 'resumption', 'lag'),
    ms: fc.double({ min: 0, max: 4_000_000, noNaN: true }),
  }),
  fc.record({
    see: fc.constant('count' as const),
    name: fc.constantFrom<keyof LoadCounts>('eventsReceived', 'lost', 'completionPpm', 'bytes'),
    by: fc.nat(),
  }),
  fc.record({
    see: fc.constant('finding' as const),
    kind: fc.constantFrom<FindingKind>('lost', 'duplicate', 'order'),
  }),
  fc.record({ see: fc.constant('failure' as const), reason: fc.constantFrom('refused', 'HTTP 503') }),
);

/** What a generator reports that saw these things, at these milliseconds. */
function tell(seen: readonly (readonly [atMs: number, Observation])[]): LoadResult {
  const tally = new Tally(1000);
  for (const [atMs, one] of seen) {
    tally.moveTo(atMs);
    if (one.see === 'time') recordMs(tally.histograms[one.in], one.ms);
    if (one.see === 'count') {
      tally.counts[one.name] += one.by;
      tally.plot('events', one.by);
    }
    if (one.see === 'finding') tally.find(one.kind, { streamId: 's', connection: 1, atMs }, 'seen');
    if (one.see === 'failure') tally.fail(one.reason);
  }
  return tally.toResult(generator);
}

/** Without trailing zeros, that say nothing; the generators differ by their nature. */
const essence = ({ histograms, generators: _, ...rest }: LoadResult) => ({
  ...rest,
  histograms: Object.entries(decodeHistograms(histograms)).map(([name, histogram]) => [
    name,
    histogram.totalCount,
    histogram.mean,
    histogram.maxValue,
    histogram.outputPercentileDistribution(),
  ]),
});

describe('mergeResults', () => {
  it('gives what one generator would have counted, however the work was split', () => {
    const seen = fc.array(fc.tuple(fc.nat(20_000), observation, fc.nat(4)), { maxLength: 60 });
    fc.assert(
      fc.property(seen, fc.integer({ min: 1, max: 5 }), (all, shares) => {
        const inOrder = [...all].sort(([a], [b]) => a - b);
        const whole = tell(inOrder.map(([atMs, one]) => [atMs, one]));
        const parts = Array.from({ length: shares }, (_, share) =>
          tell(inOrder.filter(([, , to]) => to % shares === share).map(([atMs, one]) => [atMs, one])),
        );
        const merged = mergeResults(parts);
        expect(essence(merged)).toEqual(essence(mergeResults([whole])));
        expect(isOfSchema('load-result', merged)).toBe(true);
        const [first, ...others] = parts;
        if (first !== undefined && others.length > 0) {
          expect(essence(mergeResults([first, mergeResults(others)]))).toEqual(essence(merged));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('names a lost share and counts nothing for it', () => {
    const merged = mergeResults([tell([]), lostShare(examplePlan({ streams: 7 }), 'far away', 'its process ended')]);
    expect(merged.counts).toEqual(noCounts);
    expect(merged.generators.map(({ name, outcome, streams }) => [name, outcome, streams])).toEqual([
      ['one', 'whole', 1],
      ['far away', 'lost', 7],
    ]);
    expect(isOfSchema('load-result', merged)).toBe(true);
  });

  it('refuses nothing, damage, and results of different plans', () => {
    const result = tell([]);
    expect(() => mergeResults([])).toThrow('at least one result');
    expect(() => mergeResults([result, { ...result, bucketMs: 7 }])).toThrow('one plan');
    const damaged = { ...result, histograms: { ...result.histograms, lag: 'HIST' } };
    expect(() => mergeResults([damaged])).toThrow('cannot be read');
  });
});

describe('splitPlan', () => {
  it('gives each stream to one share, also when a share is split again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (streams, first, second) => {
          const plan = examplePlan({ streams, allStreams: streams });
          const shares = splitPlan(plan, first).flatMap((share) => splitPlan(share, second));
          const numbers = shares.flatMap((share) =>
            Array.from({ length: share.streams }, (_, nth) => streamNumber(share, nth)),
          );
          expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: streams }, (_, number) => number));
          expect(shares.every((share) => isOfSchema('load-plan', share))).toBe(true);
          const sizes = splitPlan(plan, first).map((share) => share.streams);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('asks for a number of shares', () => {
    expect(() => splitPlan(examplePlan({}), 0)).toThrow('at least 1');
  });
});

it('every kind of finding fits the schema', () => {
  const tally = new Tally(1000);
  for (const kind of kinds) tally.find(kind, { streamId: 's', connection: 1, atMs: 0 }, 'seen');
  const result = tally.toResult(generator);
  expect(result.findings).toHaveLength(kinds.length);
  expect(isOfSchema('load-result', result)).toBe(true);
});
