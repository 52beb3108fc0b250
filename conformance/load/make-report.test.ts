import { describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { recordMs } from './histograms.js';
import { makeReport, type ReportFacts } from './make-report.js';
import { lostShare, mergeResults } from './merge-results.js';
import { defaultSla } from './sla.js';
import { Tally } from './tally.js';
import { examplePlan } from './testing/example-plan.js';
import type { LoadGenerator, LoadResult } from './types.js';

const facts: ReportFacts = {
  kit: '0.1.0',
  target: 'http://127.0.0.1:8080/stream',
  preset: 'concurrent',
  startedAt: '2026-11-21T12:00:00.000Z',
  durationMs: 2000,
  plan: examplePlan({ headers: [['Authorization', 'secret']], cutRate: 0.1 }),
  sla: defaultSla,
  usage: null,
};

const generator: LoadGenerator = {
  name: 'one',
  outcome: 'whole',
  streams: 4,
  startedAt: facts.startedAt,
  durationMs: 2000,
  busy: 0.2,
  lagP99Ms: 1,
  lagMaxMs: 2,
  memoryBytes: 1,
};

/** Four streams of ten events that are right, but for what a test changes. */
function run(change: (tally: Tally) => void = () => undefined, by: Partial<LoadGenerator> = {}): LoadResult {
  const tally = new Tally(1000);
  Object.assign(tally.counts, {
    ...{ streamsStarted: 4, streamsCompleted: 4, streamsJudged: 4, completionPpm: 4_000_000 },
    ...{ requests: 5, requestsAnswered: 5, cuts: 1, eventsSent: 40, eventsReceived: 40, eventsUnique: 40 },
  });
  for (let nth = 0; nth < 36; nth += 1) recordMs(tally.histograms.interEvent, 10);
  recordMs(tally.histograms.reconnect, 1100);
  change(tally);
  return tally.toResult({ ...generator, ...by });
}

describe('makeReport', () => {
  it('has the shape of the schemas, and tells no secret', () => {
    const report = makeReport(run(), facts);
    expect(isOfSchema('metrics', report)).toBe(true);
    expect(isOfSchema('load-report', report.load)).toBe(true);
    expect(JSON.stringify(report)).not.toContain('secret');
    expect(report).toMatchObject({
      test_date: '2026-11-21',
      tests_failed: 0,
      production_readiness: 'YES',
      scenarios: { load_concurrent: { status: 'PASS', message_loss: 0 } },
      aggregate_metrics: { mean_completion_rate_percent: 100, availability_percent: 100, cpu_percent: null },
    });
    expect(report.alerts_configured).toContain('availability_percent < 99.9');
  });

  it('does not meet an objective that is missed', () => {
    const { load } = makeReport(
      run(({ counts }) => Object.assign(counts, { requests: 50, requestsAnswered: 40 })),
      facts,
    );
    expect(load.verdict).toBe('not-met');
    expect(load.why).toEqual(['availability_percent is 80, expected at least 99.9']);
  });

  it('does not pass what was wrong, however good the averages are', () => {
    const { load } = makeReport(
      run((tally) => tally.find('order', { streamId: 's', connection: 1, atMs: 1 }, 'two events')),
      facts,
    );
    expect(load.verdict).toBe('not-met');
    expect(load.why).toEqual(['order, once: two events came the wrong way round']);
  });

  it('blames a slow generator for times, and the target for events', () => {
    const late = (tally: Tally) => recordMs(tally.histograms.reconnect, 60_000);
    const slow = makeReport(run(late, { busy: 0.97 }), facts).load;
    expect(slow.verdict).toBe('no-verdict');
    expect(slow.why[0]).toBe('the generator was the bottleneck: one');
    const wrong = makeReport(
      run(({ counts }) => Object.assign(counts, { lost: 1 }), { lagP99Ms: 500 }),
      facts,
    ).load;
    expect(wrong.verdict).toBe('not-met');
  });

  it('gives no verdict where a share is lost, and says whose', () => {
    const { load } = makeReport(mergeResults([run(), lostShare(examplePlan({ streams: 9 }), 'far', 'killed')]), facts);
    expect(load.verdict).toBe('no-verdict');
    expect(load.why).toEqual(['a share of 9 streams is lost (far): killed']);
  });

  it('corrects the distance of events for what a hitch held up', () => {
    const { load } = makeReport(
      run(({ histograms }) => recordMs(histograms.interEvent, 1000)),
      facts,
    );
    const { count, p99Ms, expectedMs } = load.latencies.interEvent;
    expect(expectedMs).toBeCloseTo(36.8, 0);
    expect(count).toBeGreaterThan(37 + 20);
    expect(p99Ms).toBeGreaterThan(900);
  });

  it('leaves what was not measured open', () => {
    const { load } = makeReport(new Tally(1000).toResult(generator), facts);
    expect(load.verdict).toBe('not-met');
    expect(load.objectives.find(({ metric }) => metric === 'p95_reconnect_time_ms')?.verdict).toBe('not-measured');
    expect(load.objectives.find(({ metric }) => metric === 'availability_percent')?.verdict).toBe('not-met');
  });
});
