/** The report as Markdown, for the summary of a CI job: grade, levels, and each failure to fold out. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { conclusionOf, countOrder, isWell, placeOf, placeOfSentence } from './describe.js';
import { escapeHtml, escapeMarkdown, withCode } from './markup.js';
import type { RenderContext, Renderer, ReportedRequirement, Verdict } from './renderer.js';
import { wordOf } from './terminal-style.js';

/** Characters of findings; GitHub drops a summary of more than 1 MiB as a whole. */
const findingsAtMost = 200_000;

export const renderMarkdown: Renderer = (report, context) => {
  const having = (...verdicts: Verdict[]) => report.requirements.filter(({ verdict }) => verdicts.includes(verdict));
  return [
    `## ${isWell(report, context) ? '✅' : '❌'} Resilient SSE ${escapeMarkdown(report.spec)}, ${report.role}: grade ${report.grade}`,
    '',
    `${escapeMarkdown(conclusionOf(report, context))} Target: ${escapeMarkdown(report.target)}`,
    '',
    ...levelTable(report),
    ...findings('Failed', report, context, having('fail')),
    ...findings('Warnings', report, context, having('warn')),
    ...unseen('Faults of the kit, not of the target', having('kit-error')),
    ...unseen('Inconclusive', having('inconclusive')),
    ...unseen('Not observed', having('not-observed')),
    countsOf(report),
    '',
    ...report.notes.map((note) => `- ${escapeMarkdown(note)}`),
    ...(report.notes.length > 0 ? [''] : []),
    `<sub>Kit ${escapeMarkdown(report.kit)}, ${escapeMarkdown(report.startedAt)}, ${(report.durationMs / 1000).toFixed(1)} s</sub>`,
    '',
  ].join('\n');
};

function levelTable({ levels }: Report): string[] {
  return [
    '| Level | | Passed |',
    '| --- | --- | ---: |',
    ...levels.map(
      ({ level, met, pass, requirements }) =>
        `| ${level} | ${met ? 'met' : '**not met**'} | ${pass} of ${requirements} |`,
    ),
    '',
  ];
}

function findings(
  title: string,
  report: Report,
  context: RenderContext,
  rows: readonly ReportedRequirement[],
): string[] {
  if (rows.length === 0) return [];
  const lines = [`### ${title} (${rows.length})`, ''];
  let length = 0;
  for (const [index, row] of rows.entries()) {
    const text = finding(report, row, context);
    length += text.length;
    if (length > findingsAtMost) {
      const rest = rows.slice(index).map(({ id }) => id);
      lines.push(`${rest.length} more, too long for a summary: ${rest.join(', ')}. The JSON report has them.`, '');
      break;
    }
    lines.push(text, '');
  }
  return lines;
}

/** A block of HTML without an empty line, so that no part of it is read as Markdown. */
function finding(report: Report, row: ReportedRequirement, context: RenderContext): string {
  const lines = [
    `<details><summary><b>${row.id}</b> ${escapeHtml(row.title)} <i>(${row.keyword}, ${row.level})</i></summary>`,
    `<blockquote>${withCode(row.sentence, escapeHtml)}</blockquote>`,
    ...row.evidence.map((piece) => {
      const facts = [`expected  ${piece.expected}`, `actual    ${piece.actual}`, `where     ${placeOf(piece)}`];
      if (piece.excerpt !== undefined && piece.excerpt !== '') facts.push(`bytes     ${piece.excerpt}`);
      return `<pre>${facts.map(escapeHtml).join('\n')}</pre>`;
    }),
  ];
  if (row.reason !== undefined) lines.push(`<p>Because: ${escapeHtml(row.reason)}</p>`);
  if (row.mend !== undefined) lines.push(`<p>To mend: ${withCode(row.mend, escapeHtml)}</p>`);
  lines.push(`<p>${placeOfSentence(report, row, context)}</p>`, '</details>');
  return lines.join('\n');
}

/** One line a reason, so that one hint is read once. */
function unseen(title: string, rows: readonly ReportedRequirement[]): string[] {
  if (rows.length === 0) return [];
  const groups = new Map<string, string[]>();
  for (const row of rows) {
    const reason = row.reason ?? '';
    const id = row.accepted === true ? `${row.id} (accepted)` : row.id;
    groups.set(reason, [...(groups.get(reason) ?? []), id]);
  }
  const items = [...groups].map(
    ([reason, ids]) => `- ${reason === '' ? '' : `${escapeMarkdown(reason)} `}*${ids.join(', ')}*`,
  );
  return [`<details><summary>${title} (${rows.length})</summary>`, '', ...items, '', '</details>', ''];
}

function countsOf({ summary }: Report): string {
  return countOrder
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => `${summary[verdict]} ${wordOf[verdict]}`)
    .join(', ');
}
