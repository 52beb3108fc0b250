/** Draws a state machine as an SVG that is readable on light and on dark ground. Pure. */
import { anyState, type EdgeHint, type Machine, type Point, type Transition } from './machine.js';

/** Pixels: distance of the grid, half the size of a box, margin, line height of labels. */
const COLUMN = 215;
const ROW = 120;
const HALF_WIDTH = 66;
const HALF_HEIGHT = 21;
const MARGIN = 90;
const LINE = 15;
/** Two edges between the same boxes keep this far from the line between the centres. */
const APART = 11;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
}

type Pixel = readonly [x: number, y: number];

/** The picture as text, with a final line end. */
export function pictureOf(machine: Machine): string {
  const edges = edgesOf(machine);
  const points = [
    ...Object.values(machine.picture.at),
    ...Object.values(machine.picture.edges).flatMap((hint) => [
      ...(hint.via ?? []),
      ...(hint.label ? [hint.label] : []),
    ]),
  ];
  const least = (axis: 0 | 1): number => Math.min(...points.map((point) => point[axis]));
  const most = (axis: 0 | 1): number => Math.max(...points.map((point) => point[axis]));
  const pixel = ([column, row]: Point): Pixel => [
    Math.round((column - least(0)) * COLUMN + MARGIN),
    Math.round((row - least(1)) * ROW + MARGIN / 2),
  ];
  const width = Math.round((most(0) - least(0)) * COLUMN + 2 * MARGIN);
  const height = Math.round((most(1) - least(1)) * ROW + MARGIN);
  const boxes = [
    ...machine.states.map(({ name, final }) => ({ name, final })),
    { name: anyState, final: false },
  ].filter(({ name }) => edges.some((edge) => edge.from === name || edge.to === name));
  const at = (name: string): Pixel => pixel(machine.picture.at[name] ?? [0, 0]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeXml(machine.title)}</title>`,
    `<desc id="desc">${escapeXml(describe(machine))}</desc>`,
    style,
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0 10 5 0 10z"/></marker></defs>',
    `<rect class="ground" width="${width}" height="${height}" rx="8"/>`,
    ...edges.map((edge) => drawEdge(edge, machine.picture.edges[`${edge.from}>${edge.to}`] ?? {}, edges, at, pixel)),
    ...boxes.map(({ name, final }) => drawBox(name, final, name === machine.initial, at(name))),
    '</svg>',
    '',
  ].join('\n');
}

/** One edge per pair of states; what every state that is not final does alike becomes one edge from `any`. */
function edgesOf({ states, transitions }: Machine): Edge[] {
  const lively = states.filter((state) => !state.final).length;
  const alike = (one: Transition): boolean =>
    lively > 2 && transitions.filter(({ event, to }) => event === one.event && to === one.to).length === lively;
  const edges = new Map<string, { from: string; to: string; labels: string[] }>();
  for (const transition of transitions) {
    const from = alike(transition) ? anyState : transition.from;
    const key = `${from}>${transition.to}`;
    const edge = edges.get(key) ?? { from, to: transition.to, labels: [] };
    if (!edge.labels.includes(transition.event)) edge.labels.push(transition.event);
    edges.set(key, edge);
  }
  return [...edges.values()];
}

function drawEdge(
  edge: Edge,
  hint: EdgeHint,
  edges: readonly Edge[],
  at: (name: string) => Pixel,
  pixel: (point: Point) => Pixel,
): string {
  if (edge.from === edge.to)
    return drawLoop(edge, at(edge.from), hint.label === undefined ? undefined : pixel(hint.label));
  const twoWay = edges.some(({ from, to }) => from === edge.to && to === edge.from);
  const shift = twoWay && hint.via === undefined ? APART : 0;
  const from = at(edge.from);
  const to = at(edge.to);
  const aside = perpendicular(from, to, shift);
  const inner = (hint.via ?? []).map(pixel);
  const moved = [from, ...inner, to].map(([x, y]): Pixel => [x + aside[0], y + aside[1]]);
  const second = moved[1] ?? to;
  const beforeLast = moved[moved.length - 2] ?? from;
  const path = [
    border(from, moved[0] ?? from, second),
    ...inner,
    border(to, moved[moved.length - 1] ?? to, beforeLast),
  ];
  const line = path.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join(' ');
  const middle = hint.label === undefined ? middleOf(path, aside) : pixel(hint.label);
  return `<path class="edge" d="${line}" marker-end="url(#arrow)"/>${drawLabels(edge.labels, middle)}`;
}

function drawLoop(edge: Edge, [x, y]: Pixel, label: Pixel | undefined): string {
  const top = y - HALF_HEIGHT;
  const path = `M${x - 30} ${top} C${x - 50} ${top - 48} ${x + 50} ${top - 48} ${x + 30} ${top}`;
  return `<path class="edge" d="${path}" marker-end="url(#arrow)"/>${drawLabels(edge.labels, label ?? [x, top - 50])}`;
}

function drawLabels(labels: readonly string[], [x, y]: Pixel): string {
  const first = y - ((labels.length - 1) * LINE) / 2 + 4;
  const lines = labels.map(
    (text, index) => `<tspan x="${round(x)}" y="${round(first + index * LINE)}">${escapeXml(text)}</tspan>`,
  );
  return `<text class="label">${lines.join('')}</text>`;
}

function drawBox(name: string, final: boolean, initial: boolean, [x, y]: Pixel): string {
  const kind = name === anyState ? 'box any' : final ? 'box final' : initial ? 'box initial' : 'box';
  const rect = (inset: number, radius: number): string =>
    `<rect class="${kind}" x="${x - HALF_WIDTH + inset}" y="${y - HALF_HEIGHT + inset}" width="${2 * (HALF_WIDTH - inset)}" height="${2 * (HALF_HEIGHT - inset)}" rx="${radius}"/>`;
  const text = name === anyState ? 'any that is not final' : name;
  const label = `<text class="${name === anyState ? 'small' : 'name'}" x="${x}" y="${y + 5}">${text}</text>`;
  return `${rect(0, 10)}${final ? rect(4, 7) : ''}${label}`;
}

/** The vector of that length at right angles to the line, on its left. */
function perpendicular(from: Pixel, to: Pixel, length: number): Pixel {
  const distance = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [((to[1] - from[1]) / distance) * length, (-(to[0] - from[0]) / distance) * length];
}

/** Where the line from a point inside of a box towards another leaves the box. */
function border(centre: Pixel, inside: Pixel, towards: Pixel): Pixel {
  const dx = towards[0] - inside[0];
  const dy = towards[1] - inside[1];
  const reach = (half: number, offset: number, step: number): number =>
    step === 0 ? Number.POSITIVE_INFINITY : (Math.sign(step) * half - offset) / step;
  const share = Math.min(
    reach(HALF_WIDTH + 3, inside[0] - centre[0], dx),
    reach(HALF_HEIGHT + 3, inside[1] - centre[1], dy),
  );
  return [inside[0] + dx * share, inside[1] + dy * share];
}

/** The middle of the longest part of a line, a little to the side of its neighbour's. */
function middleOf(path: readonly Pixel[], aside: Pixel): Pixel {
  let longest = -1;
  let middle: Pixel = path[0] ?? [0, 0];
  for (const [index, point] of path.entries()) {
    const next = path[index + 1];
    if (next === undefined) break;
    const length = Math.hypot(next[0] - point[0], next[1] - point[1]);
    if (length <= longest) continue;
    longest = length;
    middle = [(point[0] + next[0]) / 2 + aside[0], (point[1] + next[1]) / 2 + aside[1]];
  }
  return middle;
}

function describe(machine: Machine): string {
  return machine.transitions.map(({ from, event, to }) => `${from}, ${event}: ${to}.`).join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Colours of both grounds have a contrast of at least 4.5 to 1 for text. */
const style = `<style>
svg{--ground:#fff;--line:#57606a;--text:#1f2328;--box:#f6f8fa;--initial:#ddf4ff;--final:#fff8c5}
@media (prefers-color-scheme:dark){svg{--ground:#0d1117;--line:#9198a1;--text:#f0f6fc;--box:#21262d;--initial:#12324f;--final:#3d3010}}
.ground{fill:var(--ground)}
.edge{fill:none;stroke:var(--line);stroke-width:1.5;stroke-linejoin:round}
.head{fill:var(--line)}
.box{fill:var(--box);stroke:var(--line);stroke-width:1.5}
.box.initial{fill:var(--initial)}
.box.final{fill:var(--final)}
.box.any{fill:none;stroke-dasharray:5 4}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--text);text-anchor:middle}
.name{font-weight:600}
.small{font-size:12px}
.label{font-size:12.5px;paint-order:stroke;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round}
</style>`;
