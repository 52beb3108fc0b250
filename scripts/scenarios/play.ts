/** Plays the scenarios one after the other, and adds their figures up in the export shape of the report. */
import type { Metrics } from '../../schemas/1.0/index.js';
import { type Played, scenarios } from './scenarios.js';
import { bundleObserver, launchBrowser, type Stage, stageInChromium, stageInNode, type Timing } from './stage.js';

export type Where = 'node' | 'chromium';

/** A fifth of the time, for tests. */
export const SCALED: Timing = {
  heartbeatInterval: 1,
  silenceThreshold: 3,
  messageMs: 30,
  backoffBaseMs: 200,
  backoffCapMs: 1000,
};

/** The protocol's defaults. */
export const REAL: Timing = {
  heartbeatInterval: 5,
  silenceThreshold: 15,
  messageMs: 200,
  backoffBaseMs: 1000,
  backoffCapMs: 5000,
};

export interface Outcome {
  readonly metrics: Metrics;
  /** What was asked for and was not so. */
  readonly failures: readonly string[];
}

export async function playAll(wheres: readonly Where[], timing: Timing): Promise<Outcome> {
  const played = new Map<string, Played>();
  for (const where of wheres) {
    await inPlace(where, timing, async (open) => {
      for (const [name, scenario] of Object.entries(scenarios)) {
        const stage = await open();
        try {
          played.set(wheres.length === 1 ? name : `${name}_${where}`, await scenario(stage));
        } finally {
          await stage.close();
        }
      }
    });
  }
  const failures = [...played].flatMap(([name, { checks }]) =>
    checks.filter(([, met]) => !met).map(([what]) => `${name}: ${what}`),
  );
  return { metrics: addUp(played), failures };
}

async function inPlace(
  where: Where,
  timing: Timing,
  play: (open: () => Promise<Stage>) => Promise<void>,
): Promise<void> {
  if (where === 'node') {
    await play(() => stageInNode(timing));
    return;
  }
  const [browser, script] = await Promise.all([launchBrowser(), bundleObserver()]);
  try {
    await play(() => stageInChromium(timing, browser, script));
  } finally {
    await browser.close();
  }
}

function addUp(played: ReadonlyMap<string, Played>): Metrics {
  const all = [...played.values()];
  const checks = all.flatMap((one) => one.checks);
  const passed = checks.filter(([, met]) => met).length;
  const reconnectsMs = all.flatMap(({ observation }) => observation.reconnectsMs).sort((a, b) => a - b);
  const sum = (figure: (one: Played) => number) => all.reduce((total, one) => total + figure(one), 0);
  return {
    test_date: new Date().toISOString().slice(0, 10),
    total_tests: checks.length,
    tests_passed: passed,
    tests_failed: checks.length - passed,
    scenarios: Object.fromEntries([...played].map(([name, { metrics }]) => [name, metrics])),
    aggregate_metrics: {
      mean_completion_rate_percent: sum(({ metrics }) => metrics.completion_rate_percent ?? 0) / all.length,
      mean_reconnect_time_ms: reconnectsMs.length === 0 ? null : mean(reconnectsMs),
      p95_reconnect_time_ms: quantile(reconnectsMs, 0.95),
      p99_reconnect_time_ms: quantile(reconnectsMs, 0.99),
      max_reconnect_time_ms: reconnectsMs.at(-1) ?? null,
      total_message_loss: sum(({ observation }) => observation.lost),
      total_duplicates: sum(({ metrics }) => metrics.duplicates ?? 0),
      stall_detections: sum(({ observation }) => observation.stalls),
    },
    production_readiness: passed === checks.length ? 'YES' : 'NO',
    alerts_configured: ['completion_rate < 99.5%', 'mean_reconnect > 5s', 'duplicate_rate > 1%', 'message_loss > 0'],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The nearest rank. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
