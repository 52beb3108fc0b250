/** The load report for people at a terminal: the verdict first, then objectives, figures and findings. */
import type { LoadReport } from '../../schemas/1.0/types/load-report.js';
import type { LoadRenderer } from './load-formats.js';
import {
  conclusionOfLoad,
  eventsPerSecond,
  formatBytes,
  formatDuration,
  formatMs,
  formatNumber,
  latencyNames,
  objectiveInWords,
  planInWords,
} from './load-words.js';
import { toPrintable } from './printable.js';
import type { Verdict } from './renderer.js';
import { heading, inColourOf, labelled, markOf, paragraph, type Style, styleFor } from './terminal-style.js';

/** Findings that are shown one by one; the JSON report has more. */
const SHOWN_FINDINGS = 12;
const SHOWN_FAILURES = 12;

export const renderLoadTerminal: LoadRenderer = ({ load }, context) => {
  const style = styleFor(context);
  const verdict = colourOf(load);
  const lines = [
    '',
    style.paint.bold(`Resilient SSE load · kit ${load.kit} · ${formatDuration(load.durationMs)}`),
    ...paragraph(toPrintable(load.target), 0, style),
    ...paragraph(planInWords(load), 0, style, style.paint.dim),
    '',
    `${markOf(verdict, style)} ${style.paint.bold(inColourOf(verdict, conclusionOfLoad(load), style))}`,
    ...load.why.flatMap((reason) => paragraph(toPrintable(reason), 2, style)),
    '',
    heading(verdict, 'Objectives', style),
    ...objectives(load, style),
    '',
    heading('not-applicable', 'Traffic', style),
    ...traffic(load, style),
    '',
    heading('not-applicable', 'Times', style),
    ...times(load),
    '',
    ...findings(load, style),
    ...failures(load, style),
    heading('not-applicable', 'Generator', style),
    ...generators(load, style),
    ...load.notes.flatMap((note) => labelled('note', toPrintable(note), 0, style)),
    '',
  ];
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return context.unicode ? text : text.replaceAll('·', '-').replaceAll('–', '-').replaceAll('…', '...');
};

function colourOf({ verdict }: LoadReport): Verdict {
  if (verdict === 'met') return 'pass';
  return verdict === 'not-met' ? 'fail' : 'inconclusive';
}

function objectives(load: LoadReport, style: Style): string[] {
  const name = Math.max(...load.objectives.map(({ metric }) => metric.length));
  return load.objectives.map((one) => {
    const verdict = one.verdict === 'met' ? 'pass' : one.verdict === 'not-met' ? 'fail' : 'not-observed';
    const measured = one.measured === null ? 'not measured' : formatNumber(one.measured);
    return `${markOf(verdict, style)} ${one.metric.padEnd(name)}  ${measured.padStart(12)}  ${style.paint.dim(objectiveInWords(one))}`;
  });
}

function traffic(load: LoadReport, style: Style): string[] {
  const { counts, usage } = load;
  const n = formatNumber;
  const rows: [string, string][] = [
    [
      'streams',
      `${n(counts.streamsStarted)} started, ${n(counts.streamsCompleted)} completed, ${n(counts.streamsFailed)} failed${counts.streamsLeft > 0 ? `, ${n(counts.streamsLeft)} left at the end` : ''}`,
    ],
    [
      'events',
      `${n(counts.eventsReceived)} received, ${n(counts.lost)} lost, ${n(counts.duplicates)} doubled, ${n(eventsPerSecond(load))} a second`,
    ],
    ['replay', `${n(counts.resumptions)} resumptions, ${n(counts.eventsReplayed)} events asked for again and compared`],
    [
      'requests',
      `${n(counts.requests)}, ${n(counts.requestsAnswered)} answered with a stream; ${n(counts.cuts)} cut by the plan, ${n(counts.targetCuts)} by the target, ${n(counts.stalls)} stalled`,
    ],
    ['volume', `${formatBytes(counts.bytes)}, ${n(counts.heartbeats)} heartbeats`],
  ];
  if (usage?.cpuPercent != null && usage.memoryMb != null) {
    rows.push(['target', `process ${usage.pid}: ${usage.cpuPercent} % of a core, at most ${usage.memoryMb} MiB`]);
  }
  return rows.flatMap(([label, text]) => labelled(label, text, 2, style));
}

function times({ latencies }: LoadReport): string[] {
  const columns = ['count', 'p50', 'p95', 'p99', 'max'];
  const head = `  ${' '.repeat(24)}${columns.map((column) => column.padStart(10)).join('')}`;
  const rows = latencyNames
    .filter(([name]) => latencies[name].count > 0)
    .map(([name, words]) => {
      const { count, p50Ms, p95Ms, p99Ms, maxMs } = latencies[name];
      const cells = [formatNumber(count), ...[p50Ms, p95Ms, p99Ms, maxMs].map(formatMs)];
      return `  ${words.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}`;
    });
  return rows.length === 0 ? ['  none measured'] : [head, ...rows];
}

function findings(load: LoadReport, style: Style): string[] {
  const kinds = Object.entries(load.findingCounts);
  if (kinds.length === 0) return [];
  const shown = load.findings.slice(0, SHOWN_FINDINGS).flatMap((finding) => {
    const { kind, requirement, streamId, connection, atMs, detail } = finding;
    const place = `stream ${streamId}, connection ${connection}, at ${formatMs(atMs)}`;
    return [
      `${markOf('fail', style)} ${style.paint.bold(kind)} ${requirement}`,
      ...paragraph(toPrintable(detail), 4, style),
      ...paragraph(toPrintable(place), 4, style, style.paint.dim),
    ];
  });
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  const more =
    all > SHOWN_FINDINGS ? [`  and ${formatNumber(all - Math.min(SHOWN_FINDINGS, load.findings.length))} more`] : [];
  return [heading('fail', 'Findings', style), ...shown, ...more, ''];
}

function failures(load: LoadReport, style: Style): string[] {
  const reasons = Object.entries(load.failures).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return [];
  const shown = reasons
    .slice(0, SHOWN_FAILURES)
    .flatMap(([reason, count]) => labelled(`${formatNumber(count)} ×`, toPrintable(reason), 2, style));
  return [heading('warn', 'Failed requests and streams', style), ...shown, ''];
}

function generators({ generators: all }: LoadReport, style: Style): string[] {
  return all.flatMap(({ name, outcome, why, streams, busy, lagP99Ms, lagMaxMs, memoryBytes }) => {
    const facts =
      outcome === 'lost'
        ? `lost, with ${formatNumber(streams)} streams`
        : `${formatNumber(streams)} streams, ${Math.round(busy * 100)} % busy, lag p99 ${formatMs(lagP99Ms)}, at most ${formatMs(lagMaxMs)}, ${formatBytes(memoryBytes)}`;
    const ended = outcome === 'whole' || outcome === 'lost' ? '' : `, ${outcome}`;
    return paragraph(toPrintable(`${name}: ${facts}${ended}${why === undefined ? '' : ` (${why})`}`), 2, style);
  });
}
