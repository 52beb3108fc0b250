/** Marks, words and colours of the terminal report. A colour never says anything that no word or mark says too. */
import pc from 'picocolors';
import { measureColumns, wrap } from './printable.js';
import type { RenderContext, Verdict } from './renderer.js';

export interface Style {
  readonly columns: number;
  readonly unicode: boolean;
  readonly verbose: boolean;
  readonly paint: ReturnType<typeof pc.createColors>;
}

/** Text wider than this is tiring to read, however wide the terminal is. */
const widestColumns = 120;
const narrowestColumns = 40;

export function styleFor(context: RenderContext): Style {
  return {
    columns: Math.max(narrowestColumns, Math.min(context.columns, widestColumns)),
    unicode: context.unicode,
    verbose: context.verbose,
    paint: pc.createColors(context.colour),
  };
}

const marks: Readonly<Record<Verdict, readonly [unicode: string, ascii: string]>> = {
  pass: ['✔', '+'],
  fail: ['✘', 'x'],
  warn: ['▲', '!'],
  'not-observed': ['○', '?'],
  'not-applicable': ['–', '-'],
  untestable: ['–', '-'],
  inconclusive: ['≈', '~'],
  'kit-error': ['■', '#'],
};

export function markOf(verdict: Verdict, style: Style): string {
  const [unicode, ascii] = marks[verdict];
  return inColourOf(verdict, style.unicode ? unicode : ascii, style);
}

export function inColourOf(verdict: Verdict, text: string, { paint }: Style): string {
  switch (verdict) {
    case 'pass':
      return paint.green(text);
    case 'fail':
    case 'kit-error':
      return paint.red(text);
    case 'warn':
    case 'inconclusive':
      return paint.yellow(text);
    case 'not-observed':
      return paint.cyan(text);
    case 'not-applicable':
    case 'untestable':
      return paint.dim(text);
  }
}

/** How verdicts are called in running text. */
export const wordOf: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  warn: 'warn',
  'not-observed': 'not observed',
  'not-applicable': 'not applicable',
  untestable: 'untestable',
  inconclusive: 'inconclusive',
  'kit-error': 'kit error',
};

/** A line of the report: title of a section, drawn over the whole width. */
export function heading(verdict: Verdict, title: string, style: Style): string {
  const line = (style.unicode ? '─' : '-').repeat(Math.max(0, style.columns - measureColumns(title) - 1));
  return `${style.paint.bold(inColourOf(verdict, title, style))} ${style.paint.dim(line)}`;
}

/** Wraps plain text behind an indent; `paint` colours each line. */
export function paragraph(text: string, indent: number, style: Style, paint = (line: string) => line): string[] {
  return wrap(text, style.columns - indent).map((line) => ' '.repeat(indent) + paint(line));
}

/** A dim label in a column of its own, and plain text wrapped beside it. */
export function labelled(label: string, text: string, indent: number, style: Style): string[] {
  const labelColumns = 10;
  const lines = wrap(text, style.columns - indent - labelColumns);
  return lines.map((line, index) => {
    const head = index === 0 ? style.paint.dim(label.padEnd(labelColumns)) : ' '.repeat(labelColumns);
    return ' '.repeat(indent) + head + line;
  });
}
