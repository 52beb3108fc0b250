/** The load report as one HTML file that stands alone: plots, no script, no request, and a policy that forbids both. */
import type { LoadReport } from '../../schemas/1.0/types/load-report.js';
import { renderStandalonePage } from './html-page.js';
import type { LoadRenderer } from './load-formats.js';
import { drawPlot } from './load-plot.js';
import { loadStyleDigest, loadStyleSheet } from './load-style.js';
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
import { escapeHtml } from './markup.js';

const words = { met: 'met', 'not-met': 'not met', 'no-verdict': 'no verdict', 'not-measured': 'not measured' } as const;
const SHOWN_FINDINGS = 50;

export const renderLoadHtml: LoadRenderer = ({ load }) =>
  renderStandalonePage({
    title: `Resilient SSE load: ${words[load.verdict]}`,
    styleSheet: loadStyleSheet,
    styleDigest: loadStyleDigest,
    header: `<h1>${escapeHtml(conclusionOfLoad(load))} <span class="mark ${load.verdict}">${words[load.verdict]}</span></h1>
<p class="target">${escapeHtml(load.target)}</p>
<p>${escapeHtml(planInWords(load))}</p>
<p class="soft">Kit ${escapeHtml(load.kit)}, <time datetime="${escapeHtml(load.startedAt)}">${escapeHtml(load.startedAt)}</time>, ${formatDuration(load.durationMs)}.</p>
${list(load.why)}
${facts(load)}`,
    main: `<h2>Objectives</h2>
${objectives(load)}
<h2>Over time</h2>
<div class="plots">${overTime(load)}</div>
<h2>Times</h2>
${times(load)}
<div class="plots">${curves(load)}</div>
${findings(load)}${failures(load)}
<h2>Generator</h2>
${generators(load)}
${load.notes.length === 0 ? '' : `<h2>Notes</h2>\n${list(load.notes)}`}`,
  });

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function facts(load: LoadReport): string {
  const { counts, usage } = load;
  const shown: [string, string][] = [
    [formatNumber(counts.streamsCompleted), `of ${formatNumber(counts.streamsStarted)} streams completed`],
    [formatNumber(counts.eventsReceived), `events, ${formatNumber(eventsPerSecond(load))} a second`],
    [formatNumber(counts.lost), 'events lost'],
    [formatNumber(counts.duplicates), 'events doubled'],
    [formatNumber(counts.cuts + counts.targetCuts + counts.stalls), 'connections cut or stalled'],
    [formatNumber(counts.eventsReplayed), 'events asked for again and compared'],
    [formatBytes(counts.bytes), 'received'],
  ];
  if (usage?.cpuPercent != null && usage.memoryMb != null) {
    shown.push([`${formatNumber(usage.cpuPercent)} %`, `of a core, ${formatNumber(usage.memoryMb)} MiB: the target`]);
  }
  return `<ul class="facts">${shown.map(([value, label]) => `<li><b>${escapeHtml(value)}</b><span class="soft">${escapeHtml(label)}</span></li>`).join('')}</ul>`;
}

function table(label: string, head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<div class="table" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${cells}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function objectives(load: LoadReport): string {
  const rows = load.objectives.map((one) => {
    const kind = one.verdict === 'met' ? 'good' : one.verdict === 'not-met' ? 'bad' : 'soft';
    const measured = one.measured === null ? '' : formatNumber(one.measured);
    return `<tr><th scope="row">${one.metric}</th><td>${measured}</td><td>${objectiveInWords(one)}</td><td>${one.severity ?? ''}</td><td class="${kind}">${words[one.verdict]}</td></tr>`;
  });
  return table('Objectives', ['Metric', 'Measured', 'Objective', 'Severity', 'Verdict'], rows);
}

function overTime({ timeline, bucketMs, usage }: LoadReport): string {
  const perSecond = (values: readonly number[]) => values.map((value) => (value * 1000) / bucketMs);
  const steps = Math.max(timeline.events.length, timeline.open.length);
  const whole = (values: readonly number[]) => Array.from({ length: steps }, (_, step) => values[step] ?? 0);
  const ticks = [0, 0.5, 1].map((share) => formatDuration(share * steps * bucketMs));
  return [
    drawPlot({
      title: 'Events a second',
      lines: [{ name: 'events', values: whole(perSecond(timeline.events)) }],
      ticks,
    }),
    drawPlot({ title: 'Streams', lines: [{ name: 'open', values: whole(timeline.open) }], ticks }),
    drawPlot({
      title: 'Begun and ended',
      lines: [
        { name: 'begun', values: whole(timeline.started) },
        { name: 'ended', values: whole(timeline.ended) },
      ],
      ticks,
    }),
    drawPlot({
      title: 'Reconnections and errors',
      lines: [
        { name: 'reconnections', values: whole(timeline.reconnects) },
        { name: 'errors', values: whole(timeline.errors) },
      ],
      ticks,
    }),
    drawPlot({ title: 'Findings', lines: [{ name: 'findings', values: whole(timeline.findings) }], ticks }),
    drawPlot({ title: 'Target: processor', lines: [{ name: 'percent of a core', values: usage?.cpu ?? [] }], ticks }),
    drawPlot({ title: 'Target: memory', lines: [{ name: 'MiB resident', values: usage?.memory ?? [] }], ticks }),
  ].join('');
}

function times({ latencies }: LoadReport): string {
  const rows = latencyNames
    .filter(([name]) => latencies[name].count > 0)
    .map(([name, label]) => {
      const { count, meanMs, p50Ms, p95Ms, p99Ms, p999Ms, maxMs, expectedMs } = latencies[name];
      const corrected = expectedMs === null ? '' : ` <span class="soft">(corrected for ${formatMs(expectedMs)})</span>`;
      const cells = [meanMs, p50Ms, p95Ms, p99Ms, p999Ms, maxMs].map((ms) => `<td>${formatMs(ms)}</td>`).join('');
      return `<tr><th scope="row">${escapeHtml(label)}${corrected}</th><td>${formatNumber(count)}</td>${cells}</tr>`;
    });
  return table('Times', ['What', 'Count', 'Mean', 'p50', 'p95', 'p99', 'p99.9', 'Max'], rows);
}

/** One place for each of the percentiles of a curve: towards the tail they lie closer. */
const TICKS = ['0 %', '', '', '', '', '50 %', '', '', '', '90 %', '', '99 %', '', '', 'max'];

function curves({ latencies }: LoadReport): string {
  return latencyNames
    .filter(([name]) => latencies[name].count > 0)
    .map(([name, label]) =>
      drawPlot({
        title: `By percentile: ${label}`,
        lines: [{ name: 'time', values: latencies[name].curve }],
        ticks: TICKS,
        format: formatMs,
        logarithmic: true,
      }),
    )
    .join('');
}

function findings(load: LoadReport): string {
  if (load.findings.length === 0) return '';
  const shown = load.findings
    .slice(0, SHOWN_FINDINGS)
    .map(({ kind, requirement, streamId, connection, atMs, detail }) => {
      const place = `stream ${streamId}, connection ${connection}, at ${formatMs(atMs)}`;
      return `<div class="finding"><b>${kind}</b> <code>${requirement}</code><br>${escapeHtml(detail)}<br><span class="soft">${escapeHtml(place)}</span></div>`;
    });
  return `<h2>Findings</h2>\n${shown.join('\n')}\n`;
}

function failures(load: LoadReport): string {
  const rows = Object.entries(load.failures)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `<tr><th scope="row">${escapeHtml(reason)}</th><td>${formatNumber(count)}</td></tr>`);
  return rows.length === 0
    ? ''
    : `<h2>Failed requests and streams</h2>\n${table('Failures', ['Reason', 'Times'], rows)}\n`;
}

function generators({ generators: all }: LoadReport): string {
  const rows = all.map(
    ({ name, outcome, why, streams, busy, lagP99Ms, lagMaxMs, memoryBytes }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${formatNumber(streams)}</td><td>${Math.round(busy * 100)} %</td><td>${formatMs(lagP99Ms)}</td><td>${formatMs(lagMaxMs)}</td><td>${formatBytes(memoryBytes)}</td><td class="left">${outcome}${why === undefined ? '' : `: ${escapeHtml(why)}`}</td></tr>`,
  );
  return table('Generators', ['Name', 'Streams', 'Busy', 'Lag p99', 'Lag max', 'Memory', 'Outcome'], rows);
}
