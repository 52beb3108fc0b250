import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzzRuns } from '../../../scripts/testing/fuzz-runs.js';
import { evidenceOf } from '../../evidence/fixture.js';
import type { RecordedConnection, RecordedReport, Transcript } from '../../evidence/types.js';
import { clientRuleBook } from './index.js';
import { courseCases } from './testing/course-cases.js';
import { readingCases } from './testing/reading-cases.js';
import { retryCases } from './testing/retry-cases.js';
import { stateCases } from './testing/state-cases.js';

const known = Object.values({ ...readingCases, ...courseCases, ...retryCases, ...stateCases }).flatMap(
  ({ right, wrong }) => [...right, ...Object.values(wrong).flat()],
);

const time = fc.double({ min: 0, max: 30_000, noNaN: true });

const report: fc.Arbitrary<RecordedReport> = fc.record({
  atMs: time,
  report: fc.oneof(
    fc.record({
      type: fc.constantFrom('event', 'state', 'error', 'diagnostic'),
      id: fc.anything(),
      data: fc.anything(),
    }),
    fc.record({ type: fc.constant('state'), state: fc.anything(), delayMs: fc.anything(), maxAttempts: fc.anything() }),
    fc.record({ type: fc.constant('event'), event: fc.string(), id: fc.string(), data: fc.string() }),
  ),
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('id: 1\n', 'event: complete\n', 'data: {"reason":1}\n\n', 'data: {\n\n', '\r', '\n\n', 'retry: 9\n'),
);

/** A connection of some transcript with a part of it replaced by anything. */
const connection: fc.Arbitrary<RecordedConnection> = fc
  .record({
    base: fc.constantFrom(...known.flatMap(({ connections }) => connections)),
    sentAtMs: fc.option(time, { nil: undefined }),
    cursor: fc.option(fc.string(), { nil: undefined }),
    bytes: fc.option(fc.array(fc.tuple(time, text), { maxLength: 6 }), { nil: undefined }),
    endMs: fc.option(time, { nil: undefined }),
    by: fc.constantFrom('kit' as const, 'target' as const),
    answered: fc.boolean(),
  })
  .map(({ base, sentAtMs, cursor, bytes, endMs, by, answered }) => ({
    ...base,
    sentAtMs: sentAtMs ?? base.sentAtMs,
    request: cursor === undefined ? base.request : { ...base.request, headers: [['Last-Event-ID', cursor] as const] },
    response: answered ? base.response : null,
    chunks:
      bytes === undefined
        ? base.chunks
        : bytes.map(([atMs, chunk]) => ({ atMs, base64: Buffer.from(chunk).toString('base64') })),
    end: endMs === undefined ? base.end : { atMs: endMs, by, kind: 'closed' as const },
  }));

const transcript = (connections: fc.Arbitrary<readonly RecordedConnection[]>): fc.Arbitrary<Transcript> =>
  fc
    .record({
      base: fc.constantFrom(...known),
      connections,
      reports: fc.option(fc.array(report, { maxLength: 12 }), { nil: undefined }),
      outcome: fc.constantFrom('done' as const, 'timeout' as const, 'skipped' as const),
    })
    .map(({ base, reports, ...rest }) => ({ ...base, ...rest, reports: reports ?? base.reports ?? [] }));

const some = transcript(fc.array(connection, { maxLength: 8 }));
const none = transcript(fc.constant([]));

/** Some transcripts, of each scenario one. */
const runOf = (one: fc.Arbitrary<Transcript>) =>
  fc.uniqueArray(one, { selector: ({ scenario }) => scenario, minLength: 1, maxLength: 12 });

it('reads any transcript without a throw', () => {
  fc.assert(
    fc.property(runOf(some), (transcripts) => {
      const evidence = evidenceOf(...transcripts);
      for (const rule of Object.values(clientRuleBook)) {
        for (const { kind } of rule.judge(evidence)) {
          expect(['right', 'wrong', 'not-applicable']).toContain(kind);
        }
      }
    }),
    { numRuns: fuzzRuns(150) },
  );
});

it('finds nothing kept, and nothing broken, where no request was sent', () => {
  fc.assert(
    fc.property(runOf(none), (transcripts) => {
      const evidence = evidenceOf(...transcripts);
      const seen = Object.values(clientRuleBook).flatMap((rule) => [...rule.judge(evidence)]);
      expect(seen.filter(({ kind }) => kind !== 'not-applicable')).toEqual([]);
    }),
    { numRuns: fuzzRuns(150) },
  );
});

it('finds kept only what a request of the run shows', () => {
  fc.assert(
    fc.property(runOf(some), (transcripts) => {
      const asked = new Set(
        transcripts.filter(({ connections }) => connections.length > 0).map(({ scenario }) => scenario),
      );
      const evidence = evidenceOf(...transcripts);
      for (const rule of Object.values(clientRuleBook)) {
        for (const sighting of rule.judge(evidence)) {
          expect(sighting.kind !== 'right' || asked.has(sighting.at.scenario)).toBe(true);
        }
      }
    }),
    { numRuns: fuzzRuns(100) },
  );
});
