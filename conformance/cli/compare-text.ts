/** A comparison of two reports, as text for a terminal and as Markdown for the summary of a CI job. */
import { escapeMarkdown } from '../report/markup.js';
import { toPrintable } from '../report/printable.js';
import type { ReportComparison, Turn } from './compare-reports.js';

/** Characters of what a target did that are worth a line here; the report has the rest. */
const becauseAtMost = 160;

export function comparisonAsText(comparison: ReportComparison): string {
  const { lost, regressions, improvements, others, notes } = comparison;
  const lines = [
    headline(comparison),
    ...lost.map((sentence) => `  ${sentence}`),
    ...section('Worse', regressions, 'x'),
    ...section('Better', improvements, '+'),
    ...section('Otherwise', others, '~'),
    ...presence(comparison).map((line) => `\n${line}`),
    ...(notes.length === 0 ? [] : ['']),
    ...notes.map((note) => `note: ${toPrintable(note)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, turns: readonly Turn[], mark: string): string[] {
  if (turns.length === 0) return [];
  const lines = ['', `${title} (${turns.length})`];
  for (const { id, title: name, before, after, because } of turns) {
    lines.push(`  ${mark} ${id}  ${before} -> ${after}  ${toPrintable(name)}`);
    if (because !== undefined) lines.push(`      ${shorten(toPrintable(because))}`);
  }
  return lines;
}

export function comparisonAsMarkdown(comparison: ReportComparison): string {
  const { worse, lost, regressions, improvements, others, notes } = comparison;
  const lines = [
    `## ${worse ? '❌' : '✅'} ${escapeMarkdown(headline(comparison))}`,
    '',
    ...listOf(lost),
    ...table('Worse', regressions),
    ...table('Better', improvements),
    ...table('Otherwise', others),
    ...presence(comparison).flatMap((line) => [escapeMarkdown(line), '']),
    ...listOf(notes),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function listOf(sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : [...sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`), ''];
}

function table(title: string, turns: readonly Turn[]): string[] {
  if (turns.length === 0) return [];
  const rows = turns.map(({ id, title: name, before, after, because }) => {
    const cells = [`${id} ${name}`, before, after, because === undefined ? '' : shorten(because)];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  return [
    `### ${title} (${turns.length})`,
    '',
    '| Requirement | Before | Now | Because |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function headline({ before, after, worse, regressions, improvements, others }: ReportComparison): string {
  const grade =
    before.grade === after.grade ? `Grade ${after.grade} as before` : `Grade ${before.grade} -> ${after.grade}`;
  const counts = `${regressions.length} worse, ${improvements.length} better, ${others.length} otherwise`;
  return `${worse ? 'Worse' : 'Not worse'}. ${grade}: ${counts}.`;
}

function presence({ added, gone }: ReportComparison): string[] {
  const lines: string[] = [];
  if (added.length > 0) lines.push(`Judged now only (${added.length}): ${added.join(', ')}`);
  if (gone.length > 0) lines.push(`Judged before only (${gone.length}): ${gone.join(', ')}`);
  return lines;
}

function shorten(text: string): string {
  return text.length > becauseAtMost ? `${text.slice(0, becauseAtMost - 1)}…` : text;
}
