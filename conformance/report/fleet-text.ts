/** A fleet for the terminal: a line for each server as it ends, and a last word. */
import type { FleetIndex, FleetTarget } from '../../schemas/1.0/types/fleet-index.js';
import { conclusionOfFleet, detailOf, wordOfTarget } from './fleet-words.js';
import { measureColumns, toPrintable, truncate, wrap } from './printable.js';
import type { RenderContext } from './renderer.js';
import { type Style, styleFor } from './terminal-style.js';

/** A longer name is cut. */
const widestName = 24;
const widestWord = 16;
const indent = '      ';

/** `names` are those of the whole fleet, so that all lines have the same columns. Ends with a line feed. */
export function renderFleetTarget(target: FleetTarget, names: readonly string[], context: RenderContext): string {
  const style = styleFor(context);
  const width = Math.min(widestName, Math.max(...names.map((name) => name.length)));
  const time = target.durationMs === undefined ? '' : `${(target.durationMs / 1000).toFixed(1)} s`;
  const worker = target.worker === undefined ? '' : `  ${toPrintable(target.worker)}`;
  const word = pad(wordOfTarget(target), widestWord);
  const head = `${(target.grade ?? '-').padEnd(2)}  ${pad(truncate(target.name, width), width)}  ${word}`;
  const facts = `${time.padStart(7)}${worker}`.trimEnd();
  const line =
    facts === ''
      ? paintGrade(head.trimEnd(), target, style)
      : `${paintGrade(head, target, style)}  ${style.paint.dim(facts)}`;
  if (target.exitCode === 0) return `  ${line}\n`;
  const detail = wrap(toPrintable(detailOf(target)), style.columns - indent.length);
  return `  ${line}\n${detail.map((one) => `${indent}${one}\n`).join('')}`;
}

/** `page` is where the index for people lies. */
export function renderFleetEnd(index: FleetIndex, page: string, context: RenderContext): string {
  const { paint } = styleFor(context);
  const said = conclusionOfFleet(index);
  const painted = index.exitCode === 0 ? paint.green(said) : paint.red(said);
  return `\n  ${painted} ${(index.durationMs / 1000).toFixed(1)} s\n  ${toPrintable(page)}\n`;
}

function paintGrade(text: string, { exitCode }: FleetTarget, { paint }: Style): string {
  if (exitCode === 0) return paint.green(text);
  return exitCode === 1 ? paint.red(text) : paint.yellow(text);
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - measureColumns(text)));
}
