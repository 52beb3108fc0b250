/** Draws the output of a terminal program as SVG that reads well on light and on dark pages. Pure. */

interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly colour: string | undefined;
}

interface Run {
  readonly text: string;
  /** Column of the first character, from 0. */
  readonly column: number;
  readonly look: Look;
}

const plain: Look = { bold: false, dim: false, italic: false, colour: undefined };
const colourNames: Readonly<Record<string, string>> = { 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' };

/** Pixels of one character cell of the font below at its size. */
const cellWidth = 8.43;
const cellHeight = 18;
const margin = 16;

const style = `
  .page { fill: #ffffff; stroke: #d0d7de } text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
  .text { fill: #1f2328 } .red { fill: #b3261e } .green { fill: #1a7f37 } .yellow { fill: #8a5a00 } .cyan { fill: #0b6a88 }
  .dim { opacity: .72 } .bold { font-weight: 600 } .italic { font-style: italic }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #30363d } .text { fill: #e6edf3 } .red { fill: #ff7b72 } .green { fill: #56d364 }
    .yellow { fill: #e3b341 } .cyan { fill: #76d9f0 }
  }`;

/** `title` is what a screen reader says. */
export function drawSvg(output: string, title: string): string {
  const lines = output.replace(/\n+$/, '').split('\n').map(readRuns);
  const columns = Math.max(...lines.flat().map(({ column, text }) => column + text.length));
  const width = Math.ceil(columns * cellWidth + 2 * margin);
  const height = lines.length * cellHeight + 2 * margin;
  const drawn = lines.flatMap((runs, row) => runs.flatMap((run) => drawRun(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(title)}">`,
    `<style>${style}\n</style>`,
    `<rect class="page" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

/** Splits a line at its escape sequences. */
function readRuns(line: string): Run[] {
  const runs: Run[] = [];
  let look = plain;
  let column = 0;
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) {
      for (const code of codes.split(';')) look = turn(look, code);
    } else if (part !== '') {
      runs.push({ text: part, column, look });
      column += part.length;
    }
  }
  return runs;
}

function turn(look: Look, code: string): Look {
  if (code === '' || code === '0') return plain;
  if (code === '1') return { ...look, bold: true };
  if (code === '2') return { ...look, dim: true };
  if (code === '3') return { ...look, italic: true };
  if (code === '22') return { ...look, bold: false, dim: false };
  if (code === '23') return { ...look, italic: false };
  if (code === '39') return { ...look, colour: undefined };
  return { ...look, colour: colourNames[code] ?? look.colour };
}

/** Words at their own column, whatever the width of the reader's font; blocks and lines as shapes without gaps. */
function drawRun({ text, column, look }: Run, row: number): string[] {
  const classes = [look.colour ?? 'text', look.bold && 'bold', look.dim && 'dim', look.italic && 'italic'];
  const named = classes.filter((name) => name !== false).join(' ');
  const top = margin + row * cellHeight;
  return [...text.matchAll(/█+|─+|[^█─\s](?: ?[^█─\s])*/g)].map((match) => {
    const x = round(margin + (column + match.index) * cellWidth);
    const wide = round(match[0].length * cellWidth);
    if (match[0].startsWith('█'))
      return `<rect class="${named}" x="${x}" y="${top}" width="${wide}" height="${cellHeight}"/>`;
    if (match[0].startsWith('─')) return `<rect class="${named}" x="${x}" y="${top + 9}" width="${wide}" height="1"/>`;
    return `<text class="${named}" x="${x}" y="${top + 14}" textLength="${wide}">${escapeMarkup(match[0])}</text>`;
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
