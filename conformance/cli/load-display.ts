/** Shows a load run while it works: a few lines that are drawn over themselves on a terminal, plain lines elsewhere. */
import type { WriteStream } from 'node:tty';
import { decodeHistograms } from '../load/histograms.js';
import { figuresOf } from '../load/measure.js';
import type { UsageWatch } from '../load/target-usage.js';
import type { LoadPlan, LoadResult } from '../load/types.js';
import { formatBytes, formatDuration, formatMs, formatNumber } from '../report/load-words.js';
import { measureColumns, truncate } from '../report/printable.js';
import { styleFor } from '../report/terminal-style.js';
import type { TerminalFacts } from './terminal-facts.js';

export interface LoadDisplay {
  onProgress(soFar: LoadResult): void;
  /** Takes away what was drawn; idempotent. */
  stop(): void;
}

type Output = Pick<WriteStream, 'write' | 'columns'>;

const widestColumns = 100;
const plainEveryMs = 10_000;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

export function startLoadDisplay(
  output: Output,
  facts: TerminalFacts,
  plan: LoadPlan,
  usage: UsageWatch | undefined,
): LoadDisplay {
  const startedMs = performance.now();
  output.write(`${describeStart(plan)}\n`);
  let widths: readonly number[] = [];
  let saidMs = 0;
  const erase = () => {
    const columns = Math.max(1, output.columns);
    const rows = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`;
  };
  const restore = () => output.write(showCursor);
  if (facts.isTerminal) {
    output.write(hideCursor);
    process.once('exit', restore);
  }
  return {
    onProgress(soFar) {
      const elapsedMs = performance.now() - startedMs;
      if (facts.isTerminal) {
        const columns = Math.max(40, Math.min(output.columns - 1, widestColumns));
        const { paint } = styleFor({ ...facts, columns, verbose: false });
        const lines = frame(soFar, plan, elapsedMs, usage).map((line) => truncate(line, columns));
        const text = erase() + lines.map((line, row) => `${row === 0 ? paint.cyan(line) : line}\n`).join('');
        widths = lines.map(measureColumns);
        output.write(text);
      } else if (elapsedMs - saidMs >= plainEveryMs) {
        saidMs = elapsedMs;
        output.write(`${frame(soFar, plan, elapsedMs, usage).slice(0, 2).join(', ').replaceAll(/\s+/g, ' ')}\n`);
      }
    },
    stop() {
      if (!facts.isTerminal) return;
      process.off('exit', restore);
      output.write(erase() + showCursor);
      widths = [];
    },
  };
}

function describeStart({ streams, durationMs, rampMs, seed }: LoadPlan): string {
  const length = durationMs === null ? 'one stream each' : `for ${formatDuration(durationMs)}`;
  return `${formatNumber(streams)} streams, begun within ${formatDuration(rampMs)}, ${length}; seed ${seed}`;
}

/** Plain lines: time, traffic, times, what went wrong. */
export function frame(
  soFar: LoadResult,
  { durationMs }: LoadPlan,
  elapsedMs: number,
  usage: UsageWatch | undefined,
): string[] {
  const { counts, timeline, bucketMs } = soFar;
  // The step that is not over would look like a drop.
  const step = Math.max(0, timeline.open.length - 2);
  const rate = ((timeline.events[step] ?? 0) * 1000) / bucketMs;
  const open = timeline.open.at(-1) ?? 0;
  const left = durationMs === null ? '' : `, ${formatDuration(Math.max(0, durationMs - elapsedMs))} left`;
  const n = formatNumber;
  const histograms = decodeHistograms(soFar.histograms);
  const times = (name: 'timeToFirstEvent' | 'interEvent' | 'reconnect') => {
    const { count, p50Ms, p95Ms, p99Ms } = figuresOf(histograms[name]);
    return count === 0 ? 'none yet' : `p50 ${formatMs(p50Ms)}, p95 ${formatMs(p95Ms)}, p99 ${formatMs(p99Ms)}`;
  };
  const failed = Object.entries(soFar.failures).sort(([, a], [, b]) => b - a);
  const found = Object.entries(soFar.findingCounts).map(([kind, count]) => `${n(count)} ${kind}`);
  const watched = usage?.latest;
  return [
    `${formatDuration(elapsedMs)}${left}: ${n(open)} streams open, ${n(Math.round(rate))} events/s`,
    `  streams      ${n(counts.streamsStarted)} started, ${n(counts.streamsCompleted)} completed, ${n(counts.streamsFailed)} failed`,
    `  events       ${n(counts.eventsReceived)} received, ${n(counts.lost)} lost, ${n(counts.duplicates)} doubled, ${formatBytes(counts.bytes)}`,
    `  first event  ${times('timeToFirstEvent')}`,
    `  between two  ${times('interEvent')}`,
    `  reconnect    ${times('reconnect')}`,
    `  generator    ${soFar.generators.map(({ busy, lagP99Ms }) => `${Math.round(busy * 100)} % busy, lag p99 ${formatMs(lagP99Ms)}`).join('; ')}`,
    ...(watched === undefined
      ? []
      : [`  target       ${n(watched.cpuPercent)} % of a core, ${n(Math.round(watched.memoryMb))} MiB`]),
    ...(found.length === 0 ? [] : [`  found        ${found.join(', ')}`]),
    ...failed.slice(0, 3).map(([reason, count]) => `  ${`${n(count)} ×`.padEnd(11)}  ${reason}`),
  ];
}
