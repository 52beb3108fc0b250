/** The load report as text for Prometheus, under the names of the resilience test report. */
import type { LatencyFigures, LoadReport } from '../../schemas/1.0/types/load-report.js';
import type { LoadRenderer } from './load-formats.js';
import { latencyNames } from './load-words.js';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** For the text file collector, or a push gateway: figures of a run that is over. */
export const renderLoadPrometheus: LoadRenderer = ({ load, aggregate_metrics: metrics }) => {
  const { counts } = load;
  const own = (value: number): Sample[] => [[{}, value]];
  const known = (value: number | null | undefined): Sample[] => (value == null ? [] : own(value));
  return [
    metric(
      'sse_stream_completion_rate',
      'gauge',
      'Unique events received to events sent, percent.',
      known(metrics.mean_completion_rate_percent),
    ),
    metric(
      'sse_availability_percent',
      'gauge',
      'Requests answered with a stream.',
      known(metrics.availability_percent),
    ),
    metric('sse_streams_started_total', 'counter', 'Streams asked for.', own(counts.streamsStarted)),
    metric('sse_streams_completed_total', 'counter', 'Streams that came to their end.', own(counts.streamsCompleted)),
    metric(
      'sse_total_events_received',
      'counter',
      'Events with an id, duplicates included.',
      own(counts.eventsReceived),
    ),
    metric('sse_duplicate_events_total', 'counter', 'Events that came twice.', own(counts.duplicates)),
    metric('sse_message_loss_total', 'counter', 'Events that never came.', own(counts.lost)),
    metric('sse_stall_detections_total', 'counter', 'Gaps longer than the silence threshold.', own(counts.stalls)),
    metric('sse_user_visible_errors_total', 'counter', 'Streams with an error for a user.', own(counts.userErrors)),
    metric('sse_load_requests_total', 'counter', 'Requests for a stream, by what came of them.', [
      [{ outcome: 'answered' }, counts.requestsAnswered],
      [{ outcome: 'failed' }, counts.requests - counts.requestsAnswered],
    ]),
    metric('sse_load_findings_total', 'counter', 'Findings, by kind.', findings(load)),
    metric('sse_load_objectives_met', 'gauge', '1 where an objective was met.', objectives(load)),
    metric('sse_load_verdict_met', 'gauge', '1 where the run passed.', own(load.verdict === 'met' ? 1 : 0)),
    ...latencyNames.map(([name, words]) => summaryOf(name, words, load.latencies[name])),
    metric('sse_target_cpu_percent', 'gauge', "The target's use of one core.", known(metrics.cpu_percent)),
    metric(
      'sse_target_memory_bytes',
      'gauge',
      "The target's resident memory, at most.",
      known(bytesOf(metrics.memory_mb)),
    ),
  ].join('');
};

function bytesOf(mib: number | null | undefined): number | null {
  return mib == null ? null : Math.round(mib * 1024 * 1024);
}

function findings({ findingCounts }: LoadReport): Sample[] {
  return Object.entries(findingCounts).map(([kind, count]) => [{ kind }, count]);
}

function objectives(load: LoadReport): Sample[] {
  return load.objectives
    .filter(({ verdict }) => verdict !== 'not-measured')
    .map(({ metric: name, bound, verdict }) => [{ metric: name, bound }, verdict === 'met' ? 1 : 0]);
}

/** The report's own name for reconnections is in milliseconds; the others follow the habit of Prometheus. */
function summaryOf(latency: keyof LoadReport['latencies'], words: string, figures: LatencyFigures): string {
  if (latency === 'reconnect') return summary('sse_reconnect_time_ms', `Milliseconds: ${words}.`, figures, 1);
  const name = `sse_load_${latency.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_seconds`;
  return summary(name, `Seconds: ${words}.`, figures, 1000);
}

function summary(name: string, help: string, figures: LatencyFigures, msPerUnit: number): string {
  if (figures.count === 0) return '';
  const value = (ms: number) => Number((ms / msPerUnit).toPrecision(9));
  const quantiles: [string, number][] = [
    ['0.5', figures.p50Ms],
    ['0.9', figures.p90Ms],
    ['0.95', figures.p95Ms],
    ['0.99', figures.p99Ms],
    ['0.999', figures.p999Ms],
    ['1', figures.maxMs],
  ];
  const lines = quantiles.map(([quantile, ms]) => `${name}{quantile="${quantile}"} ${value(ms)}\n`);
  const sum = value(figures.meanMs * figures.count);
  return `${head(name, 'summary', help)}${lines.join('')}${name}_sum ${sum}\n${name}_count ${figures.count}\n`;
}

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return head(name, type, help) + lines.join('');
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
