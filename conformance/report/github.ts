/** The report as workflow commands, which GitHub shows as annotations on a run. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { conclusionOf, placeOf } from './describe.js';
import { toPrintable } from './printable.js';
import type { Renderer, ReportedRequirement, Verdict } from './renderer.js';
import { wordOf } from './terminal-style.js';

/** Annotations of one kind that GitHub shows of one step; one more says how many were left out. */
const shownAtMost = 10;

type Command = 'error' | 'warning' | 'notice';

export const renderGithub: Renderer = (report, context) => {
  const having = (...verdicts: Verdict[]) => report.requirements.filter(({ verdict }) => verdicts.includes(verdict));
  return [
    ...bounded('error', having('fail'), aboutFinding),
    ...bounded('warning', [...having('warn'), ...firstOfEachReason(report)], aboutFinding),
    command('notice', `Resilient SSE ${report.spec} ${report.role}`, [conclusionOf(report, context), countsOf(report)]),
    '',
  ].join('\n');
};

function bounded(
  kind: Command,
  rows: readonly ReportedRequirement[],
  linesOf: (row: ReportedRequirement) => string[],
): string[] {
  const shown = rows.length > shownAtMost ? rows.slice(0, shownAtMost - 1) : rows;
  const commands = shown.map((row) => command(kind, `${row.id} ${row.title}`, linesOf(row)));
  const rest = rows.slice(shown.length).map(({ id }) => id);
  if (rest.length > 0) commands.push(command(kind, `${rest.length} more`, [rest.join(', ')]));
  return commands;
}

/** What was not seen mostly has few reasons: each is worth one annotation, under the first id that it is about. */
function firstOfEachReason({ requirements }: Report): ReportedRequirement[] {
  const unseen = requirements.filter(
    ({ verdict, accepted, keyword }) =>
      ['kit-error', 'inconclusive', 'not-observed'].includes(verdict) && accepted !== true && keyword !== 'MAY',
  );
  const key = (row: ReportedRequirement) => `${row.verdict} ${row.reason ?? ''}`;
  return unseen.filter((row, index) => unseen.findIndex((other) => key(other) === key(row)) === index);
}

function aboutFinding(row: ReportedRequirement): string[] {
  const [first] = row.evidence;
  const lines = [row.sentence];
  if (first !== undefined) {
    lines.push(`expected: ${first.expected}`, `actual: ${first.actual}`, `where: ${placeOf(first)}`);
  } else {
    lines.push(`${wordOf[row.verdict]}: ${row.reason ?? row.title}`);
  }
  if (row.mend !== undefined) lines.push(`to mend: ${row.mend}`);
  return lines;
}

function countsOf({ summary }: Report): string {
  const verdicts: readonly Verdict[] = ['pass', 'fail', 'warn', 'not-observed', 'inconclusive', 'kit-error'];
  return verdicts.map((verdict) => `${summary[verdict]} ${wordOf[verdict]}`).join(', ');
}

/** `::error title=…::…` on one line: nothing that a target sent can end it and begin a command of its own. */
function command(kind: Command, title: string, lines: readonly string[]): string {
  const message = lines.map((line) => escapeData(toPrintable(line))).join('%0A');
  return `::${kind} title=${escapeProperty(toPrintable(title))}::${message}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
