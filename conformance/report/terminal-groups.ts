/** The part of the terminal report that lists what needs no single look: grouped by reason, or by area. */
import { areaOf } from './describe.js';
import { toPrintable } from './printable.js';
import type { ReportedRequirement, Verdict } from './renderer.js';
import { heading, labelled, markOf, paragraph, type Style, wordOf } from './terminal-style.js';

/** One group a reason, so that one hint is read once. */
export function grouped(verdict: Verdict, title: string, all: readonly ReportedRequirement[], style: Style): string[] {
  if (all.length === 0) return [];
  const lines = [heading(verdict, `${title} (${all.length})`, style), ''];
  for (const [reason, requirements] of groupBy(all, (requirement) => requirement.reason ?? '')) {
    const [first, ...rest] = paragraph(reason === '' ? wordOf[verdict] : toPrintable(reason), 2, style);
    lines.push(`${markOf(verdict, style)} ${(first ?? '').trimStart()}`, ...rest);
    if (style.verbose) {
      for (const requirement of requirements) lines.push(...labelled('', withTitle(requirement), 2, style));
    } else {
      lines.push(...paragraph(requirements.map(withAcceptance).join(', '), 4, style, style.paint.dim));
    }
  }
  lines.push('');
  return lines;
}

/** One line an area, ids as ranges; every requirement with its title where `verbose`. */
export function passes(all: readonly ReportedRequirement[], style: Style): string[] {
  if (all.length === 0) return [];
  const lines = [heading('pass', `Passed (${all.length})`, style), ''];
  for (const [area, requirements] of groupBy(all, areaOf)) {
    if (style.verbose) {
      for (const requirement of requirements) {
        const [first, ...rest] = paragraph(withTitle(requirement), 2, style);
        lines.push(`${markOf('pass', style)} ${(first ?? '').trimStart()}`, ...rest);
      }
    } else {
      const [first, ...rest] = labelled(area, toRanges(requirements.map(numberOf)), 2, style);
      lines.push(`${markOf('pass', style)} ${(first ?? '').trimStart()}`, ...rest);
    }
  }
  lines.push('');
  return lines;
}

/** What counts neither for nor against the target, in one line a verdict. */
export function asides(verdict: Verdict, all: readonly ReportedRequirement[], style: Style): string[] {
  if (all.length === 0) return [];
  if (style.verbose) return grouped(verdict, sentenceCase(wordOf[verdict]), all, style);
  const areas = groupBy(all, areaOf).map(([area, some]) => `${area} ${toRanges(some.map(numberOf))}`);
  return paragraph(`${sentenceCase(wordOf[verdict])} (${all.length}): ${areas.join('; ')}`, 0, style, style.paint.dim);
}

/** `['001', '002', '003', '007']` → `001–003 007`: runs of at least three are drawn together. */
export function toRanges(numbers: readonly string[]): string {
  const runs: string[][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && Number(run.at(-1)) + 1 === Number(number)) run.push(number);
    else runs.push([number]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(' '))).join(' ');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}

function numberOf({ id }: ReportedRequirement): string {
  return id.slice(id.lastIndexOf('-') + 1);
}

function withAcceptance(requirement: ReportedRequirement): string {
  return requirement.accepted === true ? `${requirement.id} (accepted)` : requirement.id;
}

function withTitle(requirement: ReportedRequirement): string {
  return `${withAcceptance(requirement)}  ${requirement.title}`;
}

function sentenceCase(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
