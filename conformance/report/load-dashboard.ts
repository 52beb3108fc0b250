/** The page of live charts that `conformance load --serve-dashboard` serves: markup, style and script. Pure. */
import { loadStyleSheet } from './load-style.js';
import { escapeHtml } from './markup.js';

/** What the page shows of one moment. Times in milliseconds; null where nothing was measured yet. */
export interface DashboardSample {
  readonly elapsedMs: number;
  readonly open: number;
  readonly eventsPerSecond: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly events: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly findings: number;
  readonly failedRequests: number;
  readonly reconnects: number;
  readonly interEventP50: number | null;
  readonly interEventP99: number | null;
  readonly firstEventP95: number | null;
  readonly reconnectP95: number | null;
  readonly cpuPercent: number | null;
  readonly memoryMb: number | null;
  readonly busy: number;
}

/** Name of a tile or chart, and the members of the sample that it shows. */
type Shown = readonly [title: string, ...names: (keyof DashboardSample)[]];

const tiles: readonly Shown[] = [
  ['streams open', 'open'],
  ['events a second', 'eventsPerSecond'],
  ['streams completed', 'completed'],
  ['streams failed', 'failed'],
  ['events', 'events'],
  ['events lost', 'lost'],
  ['events doubled', 'duplicates'],
  ['findings', 'findings'],
];

const charts: readonly Shown[] = [
  ['Events a second', 'eventsPerSecond'],
  ['Streams open', 'open'],
  ['Between two events, ms: p99, p50 dashed', 'interEventP99', 'interEventP50'],
  ['Reconnect p95, ms; first event p95 dashed', 'reconnectP95', 'firstEventP95'],
  ['Reconnections; failed requests dashed', 'reconnects', 'failedRequests'],
  ['Target: percent of a core', 'cpuPercent'],
  ['Target: MiB', 'memoryMb'],
  ['Generator: share of its time busy', 'busy'],
];

export const dashboardStyle = `${loadStyleSheet}
#state{font-weight:600}
#state[data-state=open],#state[data-state=over]{color:var(--good)}
#state[data-state=lost]{color:var(--bad)}
.tile-bad b{color:var(--bad)}
`;

/** Reads the stream with EventSource, which comes back by itself, and redraws at most once a frame. */
export const dashboardScript = `
'use strict';
const tiles = ${JSON.stringify(tiles)}, charts = ${JSON.stringify(charts)};
const samples = [];
const most = 3600;
const state = document.getElementById('state'), said = document.getElementById('said');
const say = (name, text) => { state.dataset.state = name; state.textContent = text; };
const write = (value) => value === null ? '–' : value >= 1000 || Number.isInteger(value) ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
const W = 440, H = 170, L = 58, R = 8, T = 8, B = 22;
const svg = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const drawChart = (figure, names) => {
  const lines = names.map((name) => samples.map((sample) => sample[name] ?? 0));
  const top = Math.max(1e-9, ...lines.map((line) => line.reduce((a, b) => Math.max(a, b), 0)));
  const x = (index) => L + (W - L - R) * (samples.length < 2 ? 0 : index / (samples.length - 1));
  const y = (value) => T + (H - T - B) * (1 - value / top);
  const old = figure.querySelector('svg');
  const drawn = svg('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': figure.dataset.title + ': ' + write(lines[0].at(-1) ?? 0) });
  for (const mark of [0, top / 2, top]) {
    drawn.append(svg('line', { class: 'grid', x1: L, x2: W - R, y1: y(mark), y2: y(mark) }), svg('text', { x: L - 6, y: y(mark) + 4, 'text-anchor': 'end' }, mark === 1e-9 ? '' : write(mark)));
  }
  lines.forEach((line, nth) => drawn.append(svg('polyline', { class: nth === 0 ? 'curve' : 'curve second', points: line.map((value, index) => x(index).toFixed(1) + ',' + y(value).toFixed(1)).join(' ') })));
  const seconds = (ms) => (ms / 1000).toFixed(0) + ' s';
  drawn.append(svg('text', { x: L, y: H - 6 }, seconds(samples[0].elapsedMs)), svg('text', { x: W - R, y: H - 6, 'text-anchor': 'end' }, seconds(samples.at(-1).elapsedMs)));
  if (old) old.replaceWith(drawn); else figure.append(drawn);
};
const draw = () => {
  waiting = false;
  const last = samples.at(-1);
  for (const [title, name] of tiles) {
    const tile = document.getElementById('tile-' + name);
    tile.querySelector('b').textContent = write(last[name]);
    const isBad = ['failed', 'lost', 'duplicates', 'findings'].includes(name) && last[name] > 0;
    tile.className = isBad ? 'tile-bad' : '';
  }
  for (const [, ...names] of charts) {
    const figure = document.getElementById('chart-' + names[0]);
    figure.hidden = !samples.some((sample) => sample[names[0]] !== null);
    if (!figure.hidden) drawChart(figure, names);
  }
};
let waiting = false;
const source = new EventSource('events');
source.addEventListener('open', () => say('open', 'live'));
source.addEventListener('content_chunk', (event) => {
  const data = JSON.parse(event.data);
  said.textContent = data.content;
  if (data.sample) samples.push(data.sample);
  // A day's samples are thinned out: every second one goes.
  if (samples.length > most) for (let index = samples.length - 2; index > 0; index -= 2) samples.splice(index, 1);
  if (!waiting) { waiting = true; requestAnimationFrame(draw); }
});
source.addEventListener('complete', (event) => {
  source.close();
  say('over', JSON.parse(event.data).reason === 'cancelled' ? 'interrupted' : 'the run is over');
});
source.addEventListener('error', (event) => {
  // With data it is the stream's own, without it the connection's.
  if (typeof event.data === 'string') { source.close(); say('lost', JSON.parse(event.data).message); }
  else say('lost', source.readyState === EventSource.CLOSED ? 'the program has ended' : 'connection lost, trying again');
});
`;

/** @param target Without secrets. @param plan In words. */
export function renderDashboard(target: string, plan: string): string {
  const facts = tiles.map(
    ([title, name]) => `<li id="tile-${name}"><b>–</b><span class="soft">${escapeHtml(title)}</span></li>`,
  );
  const figures = charts.map(
    ([title, name]) =>
      `<figure id="chart-${name}" data-title="${escapeHtml(title)}" hidden><figcaption>${escapeHtml(title)}</figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Resilient SSE load run</title>
<link rel="icon" href="data:,">
<style>${dashboardStyle}</style>
</head>
<body>
<header>
<h1>Load run: <span id="state" role="status">connecting</span></h1>
<p class="target">${escapeHtml(target)}</p>
<p>${escapeHtml(plan)}</p>
<p class="soft" id="said"></p>
<ul class="facts">${facts.join('')}</ul>
</header>
<main>
<h2>Over time</h2>
<div class="plots">${figures.join('')}</div>
</main>
<script>${dashboardScript}</script>
</body>
</html>
`;
}
