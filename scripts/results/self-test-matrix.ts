/** Draws the matrix of a self-test: a row for each twin, a column for each requirement. */
import type { TwinOutcome } from './self-test-page.js';

/** Of a cell, pixels. */
const STEP = 8;
const LEFT = 4;
const TOP = 84;

const STYLE = `<style>
  text { font: 7px system-ui, sans-serif; fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: .5 }
  .caught { fill: #1a7f37 }
  .also { fill: none; stroke: #0969da; stroke-width: 1 }
  .missed { stroke: #cf222e; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .caught { fill: #3fb950 }
    .also { stroke: #4493f8 }
    .missed { stroke: #f85149 }
  }
</style>`;

export function drawMatrix(twins: readonly TwinOutcome[]): string {
  const rows = [...twins].sort((one, other) => one.breaks.localeCompare(other.breaks));
  const columns = [...new Set(rows.flatMap(({ breaks, also }) => [breaks, ...also]))].sort();
  const xOf = (id: string): number => LEFT + columns.indexOf(id) * STEP + STEP / 2;
  const width = LEFT * 2 + columns.length * STEP;
  const height = TOP + rows.length * STEP + LEFT;
  const heads = columns.map((id) => `<text transform="translate(${xOf(id) + 2} ${TOP - 4}) rotate(-90)">${id}</text>`);
  const borders = columns.flatMap((id, index) =>
    areaOf(id) === areaOf(columns[index - 1] ?? id) ? [] : [line(LEFT + index * STEP, TOP, 0, height - TOP - LEFT)],
  );
  const cells = rows.flatMap(({ breaks, also, caught }, row) => {
    const y = TOP + row * STEP + STEP / 2;
    return [
      caught ? disc(xOf(breaks), y, 'caught') : cross(xOf(breaks), y),
      ...also.map((id) => disc(xOf(id), y, 'also')),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>Twins by row, requirements by column</title>
${STYLE}
${[...heads, ...borders, ...cells].join('')}
</svg>
`;
}

function areaOf(id: string): string {
  return id.replace(/-\d+$/, '');
}

function disc(x: number, y: number, kind: 'caught' | 'also'): string {
  return `<circle class="${kind}" cx="${x}" cy="${y}" r="${kind === 'caught' ? 3 : 2.5}"/>`;
}

function cross(x: number, y: number): string {
  return `<path class="missed" d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6"/>`;
}

function line(x: number, y: number, dx: number, dy: number): string {
  return `<path class="grid" d="M${x} ${y}l${dx} ${dy}"/>`;
}
