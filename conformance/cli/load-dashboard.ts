/** Feeds the live page of a load run: a sample of every progress, in numbers and in words. */
import { serveDashboard } from '../load/dashboard-server.js';
import { decodeHistograms } from '../load/histograms.js';
import { figuresOf } from '../load/measure.js';
import type { UsageWatch } from '../load/target-usage.js';
import type { LoadPlan, LoadResult } from '../load/types.js';
import { type DashboardSample, dashboardScript, dashboardStyle, renderDashboard } from '../report/load-dashboard.js';
import { frame } from './load-display.js';

export interface LiveDashboard {
  readonly url: string;
  onProgress(soFar: LoadResult): void;
  close(reason: 'done' | 'cancelled'): Promise<void>;
}

/** At most so many samples of a run are kept for pages that come late. */
const MOST_SAMPLES = 3600;

/** Throws `KitError` (`usage`) where the port is taken. */
export async function startDashboard(
  port: number,
  target: string,
  words: string,
  plan: LoadPlan,
  usage: UsageWatch | undefined,
): Promise<LiveDashboard> {
  const page = { html: renderDashboard(target, words), script: dashboardScript, style: dashboardStyle };
  const { url, stream, close } = await serveDashboard(page, port);
  const startedMs = performance.now();
  const everyMs = (plan.durationMs ?? 0) / MOST_SAMPLES;
  let sampledMs = Number.NEGATIVE_INFINITY;
  return {
    url,
    close,
    onProgress(soFar) {
      const elapsedMs = Math.round(performance.now() - startedMs);
      if (elapsedMs - sampledMs < everyMs) return;
      sampledMs = elapsedMs;
      const [content = ''] = frame(soFar, plan, elapsedMs, usage);
      stream.publish(content, { sample: sampleOf(soFar, elapsedMs, usage) });
    },
  };
}

export function sampleOf(soFar: LoadResult, elapsedMs: number, usage: UsageWatch | undefined): DashboardSample {
  const { counts, timeline, bucketMs, failures, findingCounts, generators } = soFar;
  const histograms = decodeHistograms(soFar.histograms);
  const at = (name: 'interEvent' | 'timeToFirstEvent' | 'reconnect', percentile: 'p50Ms' | 'p95Ms' | 'p99Ms') => {
    const figures = figuresOf(histograms[name]);
    return figures.count === 0 ? null : figures[percentile];
  };
  const sum = (values: Readonly<Record<string, number>>) => Object.values(values).reduce((all, one) => all + one, 0);
  // The step that is not over would look like a drop.
  const step = Math.max(0, timeline.open.length - 2);
  return {
    elapsedMs,
    open: timeline.open.at(-1) ?? 0,
    eventsPerSecond: ((timeline.events[step] ?? 0) * 1000) / bucketMs,
    started: counts.streamsStarted,
    completed: counts.streamsCompleted,
    failed: counts.streamsFailed,
    events: counts.eventsReceived,
    lost: counts.lost,
    duplicates: counts.duplicates,
    findings: sum(findingCounts),
    failedRequests: sum(failures),
    reconnects: timeline.reconnects.reduce((all, one) => all + one, 0),
    interEventP50: at('interEvent', 'p50Ms'),
    interEventP99: at('interEvent', 'p99Ms'),
    firstEventP95: at('timeToFirstEvent', 'p95Ms'),
    reconnectP95: at('reconnect', 'p95Ms'),
    cpuPercent: usage?.latest?.cpuPercent ?? null,
    memoryMb: usage?.latest?.memoryMb ?? null,
    busy: Math.max(0, ...generators.map(({ busy }) => busy)),
  };
}
