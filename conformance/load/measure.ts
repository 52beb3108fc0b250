/** Turns counts and histograms into the metrics of the resilience test report, as it defines them. Pure. */
import type { Histogram } from 'hdr-histogram-js';
import type { LatencyFigures, LoadReport, TargetUsage } from '../../schemas/1.0/types/load-report.js';
import type { AggregateMetrics } from '../../schemas/1.0/types/metrics.js';
import { decodeHistograms, type Histograms } from './histograms.js';
import type { LoadResult } from './types.js';

const curvePercentiles = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.9, 99.99, 100] as const;

/** In milliseconds. */
export function figuresOf(histogram: Histogram, expectedUs: number | null = null): LatencyFigures {
  const ms = (percentile: number) =>
    histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000;
  return {
    count: histogram.totalCount,
    meanMs: histogram.totalCount === 0 ? 0 : round(histogram.mean / 1000),
    p50Ms: ms(50),
    p90Ms: ms(90),
    p95Ms: ms(95),
    p99Ms: ms(99),
    p999Ms: ms(99.9),
    maxMs: histogram.totalCount === 0 ? 0 : histogram.maxValue / 1000,
    expectedMs: expectedUs === null ? null : expectedUs / 1000,
    curve: curvePercentiles.map(ms),
  };
}

/**
 * The mean is the distance at which events were sent; a hitch stands for all the events that it held up. With the mean
 * the correction adds at most one value for each that was measured.
 */
function correctedInterEvent({ interEvent }: Histograms): { histogram: Histogram; expectedUs: number | null } {
  const expectedUs = interEvent.totalCount === 0 ? 0 : Math.round(interEvent.mean);
  if (expectedUs < 1) return { histogram: interEvent, expectedUs: null };
  return { histogram: interEvent.copyCorrectedForCoordinatedOmission(expectedUs), expectedUs };
}

export function latenciesOf({ histograms }: LoadResult): LoadReport['latencies'] {
  const decoded = decodeHistograms(histograms);
  const { histogram, expectedUs } = correctedInterEvent(decoded);
  return {
    timeToFirstEvent: figuresOf(decoded.timeToFirstEvent),
    interEvent: figuresOf(histogram, expectedUs),
    reconnect: figuresOf(decoded.reconnect),
    detection: figuresOf(decoded.detection),
    resumption: figuresOf(decoded.resumption),
    lag: figuresOf(decoded.lag),
  };
}

/** Null where a metric was not measured: no reconnect without a cut, no rate of nothing. */
export function metricsOf(
  { counts, stallsPerStream }: LoadResult,
  { reconnect, timeToFirstEvent, interEvent }: LoadReport['latencies'],
  usage: TargetUsage | null,
): AggregateMetrics {
  const some = (figures: LatencyFigures, value: number) => (figures.count === 0 ? null : value);
  return {
    mean_completion_rate_percent:
      counts.streamsJudged === 0 ? null : round(counts.completionPpm / counts.streamsJudged / 10_000, 6),
    mean_reconnect_time_ms: some(reconnect, reconnect.meanMs),
    p50_reconnect_time_ms: some(reconnect, reconnect.p50Ms),
    p95_reconnect_time_ms: some(reconnect, reconnect.p95Ms),
    p99_reconnect_time_ms: some(reconnect, reconnect.p99Ms),
    max_reconnect_time_ms: some(reconnect, reconnect.maxMs),
    total_message_loss: counts.lost,
    message_loss_rate_percent: percent(counts.lost, counts.eventsSent),
    total_duplicates: counts.duplicates,
    duplicate_rate_percent: percent(counts.duplicates, counts.eventsReceived),
    stall_detections: counts.stalls,
    stalls_per_stream: stallsPerStream,
    user_visible_errors: counts.userErrors,
    user_visible_error_rate_percent: percent(counts.userErrors, counts.streamsStarted),
    availability_percent: percent(counts.requestsAnswered, counts.requests),
    cpu_percent: usage?.cpuPercent ?? null,
    memory_mb: usage?.memoryMb ?? null,
    p50_time_to_first_event_ms: some(timeToFirstEvent, timeToFirstEvent.p50Ms),
    p99_time_to_first_event_ms: some(timeToFirstEvent, timeToFirstEvent.p99Ms),
    p50_inter_event_latency_ms: some(interEvent, interEvent.p50Ms),
    p99_inter_event_latency_ms: some(interEvent, interEvent.p99Ms),
    streams_started: counts.streamsStarted,
    streams_completed: counts.streamsCompleted,
    events_sent: counts.eventsSent,
    events_received: counts.eventsReceived,
  };
}

function percent(part: number, whole: number): number | null {
  // Loss is told also where nothing else came.
  return whole === 0 ? null : Math.min(100, (100 * part) / whole);
}

function round(value: number, digits = 3): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
