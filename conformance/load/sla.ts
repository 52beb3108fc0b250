/** The objectives of a load run: S2's by default, each judged by itself. Pure. */
import type { LoadReport } from '../../schemas/1.0/types/load-report.js';
import type { AggregateMetrics } from '../../schemas/1.0/types/metrics.js';
import type { Objective, Sla } from '../../schemas/1.0/types/sla.js';

export type ObjectiveOutcome = LoadReport['objectives'][number];

/** The thresholds of the resilience test report. What a run gives no occasion for stays unmeasured, and is told. */
export const defaultSla: Sla = {
  objectives: [
    { metric: 'mean_completion_rate_percent', bound: 'atLeast', value: 99.5, severity: 'critical' },
    { metric: 'message_loss_rate_percent', bound: 'atMost', value: 0, severity: 'critical' },
    { metric: 'mean_reconnect_time_ms', bound: 'atMost', value: 5000, severity: 'high', optional: true },
    { metric: 'p95_reconnect_time_ms', bound: 'atMost', value: 4200, severity: 'high', optional: true },
    { metric: 'p99_reconnect_time_ms', bound: 'atMost', value: 4800, severity: 'high', optional: true },
    { metric: 'user_visible_error_rate_percent', bound: 'atMost', value: 5, severity: 'high' },
    { metric: 'availability_percent', bound: 'atLeast', value: 99.9, severity: 'high' },
    { metric: 'stalls_per_stream', bound: 'atMost', value: 1, severity: 'medium' },
    { metric: 'duplicate_rate_percent', bound: 'atMost', value: 1, severity: 'medium' },
    { metric: 'cpu_percent', bound: 'atMost', value: 70, severity: 'medium', optional: true },
    { metric: 'memory_mb', bound: 'atMost', value: 2048, severity: 'medium', optional: true },
  ],
};

export function judgeObjectives({ objectives }: Sla, metrics: AggregateMetrics): ObjectiveOutcome[] {
  return objectives.map(({ metric, bound, value, severity, optional }) => {
    const measured = metrics[metric] ?? null;
    return {
      metric,
      bound,
      value,
      ...(severity === undefined ? {} : { severity }),
      measured,
      verdict: verdictOf(measured, bound, value, optional === true),
    };
  });
}

function verdictOf(
  measured: number | null,
  bound: Objective['bound'],
  value: number,
  optional: boolean,
): ObjectiveOutcome['verdict'] {
  if (measured === null) return optional ? 'not-measured' : 'not-met';
  return (bound === 'atLeast' ? measured >= value : measured <= value) ? 'met' : 'not-met';
}

/** The condition in words, such as `availability_percent < 99.9`: when it holds, the objective is missed. */
export function alertOf({ metric, bound, value }: Pick<Objective, 'metric' | 'bound' | 'value'>): string {
  return `${metric} ${bound === 'atLeast' ? '<' : '>'} ${value}`;
}

/** Metrics that a slow generator worsens by itself. */
export function isTimed(metric: Objective['metric']): boolean {
  return metric.endsWith('_ms') || metric.startsWith('stall') || metric === 'availability_percent';
}
