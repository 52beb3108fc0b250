/** One requirement in the HTML report: a line that folds out into sentence, evidence and how to mend it. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { areaOf, placeOf, placeOfSentence } from './describe.js';
import { escapeHtml, withCode } from './markup.js';
import type { RenderContext, ReportedEvidence, ReportedRequirement } from './renderer.js';
import { wordOf } from './terminal-style.js';
import { drawTimelines } from './timeline.js';

/** Failures are open from the start: they are what the page is opened for. */
export function requirementRow(report: Report, row: ReportedRequirement, context: RenderContext): string {
  const open = row.verdict === 'fail' ? ' open' : '';
  const accepted = row.accepted === true ? ' (accepted)' : '';
  return `<details class="row" id="${row.id}" data-verdict="${row.verdict}" data-level="${row.level}" data-area="${areaOf(row)}"${open}>
<summary><span class="word">${wordOf[row.verdict]}</span><span class="id">${row.id}</span><span class="title">${escapeHtml(row.title)}${accepted}</span><span class="kind">${row.keyword}, ${row.level}</span></summary>
<div class="inside">
<blockquote>${withCode(row.sentence, escapeHtml)}</blockquote>
${drawTimelines(row.evidence, context.evidence)}
${row.evidence.map(evidence).join('\n')}
${row.reason === undefined ? '' : `<p><b>Because:</b> ${escapeHtml(row.reason)}</p>`}
${row.mend === undefined ? '' : `<p><b>To mend:</b> ${withCode(row.mend, escapeHtml)}</p>`}
<p class="soft">${sightings(row.sightings)} ${placeOfSentence(report, row, context)}</p>
</div>
</details>`.replaceAll(/\n{2,}/g, '\n');
}

function evidence(piece: ReportedEvidence): string {
  const facts: [string, string][] = [
    ['expected', escapeHtml(piece.expected)],
    ['actual', escapeHtml(piece.actual)],
    ['where', escapeHtml(placeOf(piece))],
  ];
  if (piece.excerpt !== undefined && piece.excerpt !== '') {
    facts.push(['bytes', `<pre tabindex="0">${escapeHtml(piece.excerpt)}</pre>`]);
  }
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function sightings(count: number): string {
  if (count === 0) return 'Never looked at.';
  return count === 1 ? 'Looked at once.' : `Looked at ${count} times.`;
}
