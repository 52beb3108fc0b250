/** Makes the report of a load run: metrics, objectives, findings, and one verdict with its reasons. Pure. */
import type { LoadReport, TargetUsage } from '../../schemas/1.0/types/load-report.js';
import type { AggregateMetrics, Metrics } from '../../schemas/1.0/types/metrics.js';
import type { Sla } from '../../schemas/1.0/types/sla.js';
import { latenciesOf, metricsOf } from './measure.js';
import { alertOf, isTimed, judgeObjectives } from './sla.js';
import { type FindingKind, findingKinds, type LoadPlan, type LoadResult } from './types.js';

export interface ReportFacts {
  readonly kit: string;
  /** Without secrets. */
  readonly target: string;
  readonly preset: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly plan: LoadPlan;
  readonly sla: Sla;
  readonly usage: TargetUsage | null;
}

/** The export shape of the resilience test report, and in its member `load` the whole account. */
export type LoadExport = Metrics & { readonly load: LoadReport };

/** Busier, or later than this, a generator measures itself. */
const BUSY = 0.9;
const LAG_P99_MS = 100;

/** Findings about times: a slow generator could have made them, although it takes care not to. */
const timed: ReadonlySet<string> = new Set<FindingKind>([
  'heartbeat-late',
  'heartbeat-first-late',
  'close-late',
  'cap-exceeded',
]);

export function makeReport(result: LoadResult, facts: ReportFacts): LoadExport {
  const latencies = latenciesOf(result);
  const metrics = metricsOf(result, latencies, facts.usage);
  const objectives = judgeObjectives(facts.sla, metrics);
  const { verdict, why } = concludeFrom(result, objectives);
  const { streams, rampMs, durationMs, events, network, cutRate, slowReaders, seed } = facts.plan;
  const load: LoadReport = {
    schema: 'resilient-sse/load-report/1',
    kit: facts.kit,
    target: facts.target,
    preset: facts.preset,
    startedAt: facts.startedAt,
    durationMs: facts.durationMs,
    plan: { streams, rampMs, durationMs, events, network, cutRate, slowReaders, seed },
    verdict,
    why,
    objectives,
    counts: result.counts,
    latencies,
    findings: result.findings,
    findingCounts: result.findingCounts,
    failures: result.failures,
    bucketMs: result.bucketMs,
    timeline: result.timeline,
    usage: facts.usage,
    generators: result.generators,
    notes: notesOf(result, facts),
  };
  return { ...exportOf(load, metrics), load };
}

function exportOf(load: LoadReport, metrics: AggregateMetrics): Metrics {
  const checks = [...load.objectives.map(({ verdict }) => verdict === 'not-met'), load.findings.length > 0];
  const failed = checks.filter((isFailed) => isFailed).length;
  const completion = metrics.mean_completion_rate_percent;
  return {
    test_date: load.startedAt.slice(0, 10),
    total_tests: checks.length,
    tests_passed: checks.length - failed,
    tests_failed: failed,
    scenarios: {
      [load.preset === null ? 'load' : `load_${load.preset}`]: {
        status: load.verdict === 'met' ? 'PASS' : 'FAIL',
        ...(completion === null ? {} : { completion_rate_percent: completion }),
        duplicates: load.counts.duplicates,
        message_loss: load.counts.lost,
        duration_ms: load.durationMs,
      },
    },
    aggregate_metrics: metrics,
    production_readiness: load.verdict === 'met' ? 'YES' : 'NO',
    alerts_configured: load.objectives.map(alertOf),
  };
}

/** What the target did wrong weighs first; only then may the generator excuse what is left. */
function concludeFrom(result: LoadResult, objectives: LoadReport['objectives']): Pick<LoadReport, 'verdict' | 'why'> {
  const slow = result.generators.filter(isBottleneck).map(({ name }) => name);
  const mayExcuse = slow.length > 0;
  const missed = objectives.filter(({ verdict }) => verdict === 'not-met');
  const kinds = Object.keys(result.findingCounts);
  const isCharged =
    missed.some(({ metric }) => !mayExcuse || !isTimed(metric)) || kinds.some((kind) => !mayExcuse || !timed.has(kind));
  const excuses = [
    ...(mayExcuse ? [`the generator was the bottleneck: ${slow.join(', ')}`] : []),
    ...result.generators
      .filter(({ outcome }) => outcome === 'lost')
      .map(({ name, streams, why = 'no reason known' }) => `a share of ${streams} streams is lost (${name}): ${why}`),
    ...(result.counts.streamsStarted === 0 ? ['no stream was started'] : []),
  ];
  const charges = [
    ...missed.map(({ metric, measured, bound, value }) => {
      const side = bound === 'atLeast' ? 'at least' : 'at most';
      return `${metric} is ${measured ?? 'not measured'}, expected ${side} ${value}`;
    }),
    ...kinds.map((kind) => `${kind}, ${timesInWords(result.findingCounts[kind] ?? 0)}: ${meaningOf(kind)}`),
    ...result.generators.flatMap(({ outcome, why }) => (outcome === 'stopped' && why !== undefined ? [why] : [])),
  ];
  const isLost = result.generators.some(({ outcome }) => outcome === 'lost') || result.counts.streamsStarted === 0;
  if (isCharged) return { verdict: 'not-met', why: [...charges, ...excuses] };
  if (charges.length > 0 || isLost) return { verdict: 'no-verdict', why: [...excuses, ...charges] };
  return { verdict: 'met', why: [] };
}

function meaningOf(kind: string): string {
  return Object.entries(findingKinds).find(([name]) => name === kind)?.[1].meaning ?? 'a finding of another kit';
}

function timesInWords(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function isBottleneck({ busy, lagP99Ms }: LoadResult['generators'][number]): boolean {
  return busy >= BUSY || lagP99Ms > LAG_P99_MS;
}

function notesOf(result: LoadResult, facts: ReportFacts): string[] {
  const { counts, generators } = result;
  const notes: string[] = [];
  if (generators.some(isBottleneck)) {
    notes.push('The generator was the bottleneck: times are worse than the target is. Use more threads or machines.');
  }
  if (generators.some(({ outcome, why }) => outcome === 'whole' && why !== undefined)) {
    notes.push('A share ran after the others: fewer streams ran at the same time than planned.');
  }
  if (generators.some(({ outcome }) => outcome === 'interrupted')) notes.push('The run was interrupted.');
  if (facts.plan.insecure === true) notes.push('Any certificate of the target was accepted.');
  if (counts.streamsLeft > 0) notes.push(`${counts.streamsLeft} streams were still running and are not judged whole.`);
  if (counts.cuts > 0 && counts.eventsReplayed === 0) {
    notes.push('No event was asked for twice: that replays are identical was not looked at.');
  }
  if (facts.plan.cutRate > 0 && counts.cuts === 0) {
    notes.push('No connection was cut: the streams ended before the event at which the plan would have.');
  }
  if (facts.usage?.why !== undefined) notes.push(facts.usage.why);
  return notes;
}
