/** What the figures of a load report are called, and how they are written, in every format for people. */
import type { LoadReport } from '../../schemas/1.0/types/load-report.js';

export const latencyNames: readonly (readonly [keyof LoadReport['latencies'], string])[] = [
  ['timeToFirstEvent', 'time to first event'],
  ['interEvent', 'between two events'],
  ['reconnect', 'reconnect (t2 to t4)'],
  ['detection', 'detection (t1 to t2)'],
  ['resumption', 'resumption (t3 to t4)'],
  ['lag', "generator's own lag"],
];

export function conclusionOfLoad({ verdict, objectives, findingCounts }: LoadReport): string {
  if (verdict === 'met') return 'All objectives met, nothing wrong seen';
  if (verdict === 'no-verdict') return 'Inconclusive';
  const missed = objectives.filter((one) => one.verdict === 'not-met').length;
  const found = Object.values(findingCounts).reduce((sum, count) => sum + count, 0);
  const parts = [
    ...(missed > 0 ? [`${missed} of ${objectives.length} objectives missed`] : []),
    ...(found > 0 ? [`${found} ${found === 1 ? 'finding' : 'findings'}`] : []),
  ];
  return parts.length === 0 ? 'Objectives not met' : parts.join(', ');
}

/** Milliseconds for people: three digits that count. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`;
}

/** A measured number as it is, but without digits that nobody reads. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(6)));
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? ''}`;
}

export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
}

/** What was asked, in one line. */
export function planInWords({ plan, preset }: Pick<LoadReport, 'plan' | 'preset'>): string {
  const percent = (share: number) => `${formatNumber(Math.round(share * 1000) / 10)} %`;
  return [
    ...(preset === null ? [] : [`preset ${preset}`]),
    `${formatNumber(plan.streams)} streams`,
    plan.durationMs === null ? 'one each' : `for ${formatDuration(plan.durationMs)}`,
    ...(plan.events === null ? [] : [`${formatNumber(plan.events)} events each`]),
    ...plan.network.map(({ network, percent: share }) => `${formatNumber(share)} % on ${network}`),
    ...(plan.cutRate > 0 ? [`${percent(plan.cutRate)} cut`] : []),
    ...(plan.slowReaders > 0 ? [`${percent(plan.slowReaders)} slow readers`] : []),
    `seed ${plan.seed}`,
  ].join(', ');
}

export function objectiveInWords({ bound, value }: LoadReport['objectives'][number]): string {
  return `${bound === 'atLeast' ? 'at least' : 'at most'} ${formatNumber(value)}`;
}

export function eventsPerSecond({ counts, durationMs }: LoadReport): number {
  return durationMs === 0 ? 0 : Math.round((1000 * counts.eventsReceived) / durationMs);
}
