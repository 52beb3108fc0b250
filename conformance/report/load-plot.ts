/** Plots of a load report as SVG: lines over time, and latencies over percentiles. Numbers in, markup out. */
import { formatNumber } from './load-words.js';
import { escapeHtml } from './markup.js';

interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Plot {
  readonly title: string;
  /** One or two; the second one is dashed. */
  readonly lines: readonly Line[];
  /** What stands below the horizontal axis, from left to right. */
  readonly ticks: readonly string[];
  /** How a value of the vertical axis is written. */
  readonly format?: (value: number) => string;
  readonly logarithmic?: boolean;
}

const WIDTH = 440;
const HEIGHT = 190;
const LEFT = 58;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
/** Points of a line: more cannot be told apart. */
const MOST_POINTS = 300;

/** Empty where no line has a value above zero. */
export function drawPlot({ title, lines, ticks, format = formatNumber, logarithmic = false }: Plot): string {
  const drawn = lines.map(({ name, values }) => ({ name, values: thinOut(values) }));
  const largest = Math.max(0, ...drawn.flatMap(({ values }) => values));
  if (largest <= 0) return '';
  const scale = logarithmic ? logarithmicScale(drawn, largest) : linearScale(largest);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - scale.share(value));
  const grid = scale.marks.map(
    (mark) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${n(y(mark))}" y2="${n(y(mark))}"/><text x="${LEFT - 6}" y="${n(y(mark) + 4)}" text-anchor="end">${escapeHtml(format(mark))}</text>`,
  );
  const axis = ticks.map((tick, index) => {
    if (tick === '') return '';
    const share = ticks.length === 1 ? 0 : index / (ticks.length - 1);
    const anchor = index === 0 ? 'start' : index === ticks.length - 1 ? 'end' : 'middle';
    return `<text x="${n(LEFT + share * (WIDTH - LEFT - RIGHT))}" y="${HEIGHT - 6}" text-anchor="${anchor}">${escapeHtml(tick)}</text>`;
  });
  const curves = drawn.map(({ values }, index) => curve(values, y, index === 0));
  const legend = lines.map(({ name }, index) => (index === 0 ? name : `${name} (dashed)`)).join(', ');
  const peaks = lines.map(({ name, values }) => `${name} at most ${format(Math.max(0, ...values))}`).join(', ');
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><div class="soft">${escapeHtml(legend)}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: ${peaks}`)}">${grid.join('')}${curves.join('')}${axis.join('')}</svg></figure>`;
}

function curve(values: readonly number[], y: (value: number) => number, isFirst: boolean): string {
  const step = values.length < 2 ? 0 : (WIDTH - LEFT - RIGHT) / (values.length - 1);
  const points = values.map((value, index) => `${n(LEFT + index * step)},${n(y(value))}`);
  // One value alone is a level.
  if (points.length === 1) points.push(`${WIDTH - RIGHT},${n(y(values[0] ?? 0))}`);
  const last = LEFT + step * Math.max(1, values.length - 1);
  const floor = HEIGHT - BOTTOM;
  const area = isFirst
    ? `<polygon class="area" points="${LEFT},${floor} ${points.join(' ')} ${n(last)},${floor}"/>`
    : '';
  return `${area}<polyline class="curve${isFirst ? '' : ' second'}" points="${points.join(' ')}"/>`;
}

interface Scale {
  readonly marks: readonly number[];
  /** Where a value lies, from 0 at the bottom to 1. */
  share(value: number): number;
}

/** Marks at 1, 2 or 5 times a power of ten. */
function linearScale(largest: number): Scale {
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const marks = Array.from({ length: Math.ceil(largest / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
  const top = marks.at(-1) ?? largest;
  return { marks, share: (value) => value / top };
}

/** Marks at powers of ten, two of them at least. */
function logarithmicScale(lines: readonly Line[], largest: number): Scale {
  const above = lines.flatMap(({ values }) => values).filter((value) => value > 0);
  const high = Math.max(-1, Math.ceil(Math.log10(largest)));
  const low = Math.min(high - 1, Math.max(-2, Math.floor(Math.log10(Math.min(...above)))));
  const marks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { marks, share: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low) };
}

/** The largest of neighbours stands for them: a peak must not get lost. */
function thinOut(values: readonly number[]): number[] {
  const group = Math.ceil(values.length / MOST_POINTS);
  if (group <= 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / group) }, (_, index) =>
    Math.max(...values.slice(index * group, (index + 1) * group)),
  );
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
