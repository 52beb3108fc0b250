/** The traceability matrix as a page, and the badges of each requirement. */
import type { TraceRow } from '../../scripts/trace/matrix.js';
import { escapeHtml, relativeUrl } from './html.js';
import { SPEC } from './sources.js';

export const MATRIX = 'matrix.html';

function anchorUrl(from: string, row: TraceRow): string {
  const { id, chapter } = row.requirement;
  return `${relativeUrl(from, `${SPEC}/${chapter.replace(/\.md$/, '.html')}`)}#${id.toLowerCase()}`;
}

/** Level, role and what checks it, under the heading of a requirement. */
export function badges(from: string, row: TraceRow): string {
  const { id, keyword, level, role, notTestable } = row.requirement;
  const checked =
    notTestable !== undefined
      ? '<li class="none">not testable</li>'
      : `<li>${row.rule ? 'rule' : 'no rule yet'}</li><li>${countOf(row.twins.length, 'faulty twin')} caught</li>`;
  const matrix = `${relativeUrl(from, MATRIX)}#${id.toLowerCase()}`;
  return `<ul class="badges"><li class="level ${level.toLowerCase()}">${level}</li><li>${role}</li><li>${keyword}</li>${checked}<li><a href="${matrix}">trace</a></li></ul>\n`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function matrixPage(rows: readonly TraceRow[]): string {
  const body = rows.map(
    (row) => `<tr id="${row.requirement.id.toLowerCase()}">
<th scope="row"><a href="${anchorUrl(MATRIX, row)}">${row.requirement.id}</a></th>
<td>${escapeHtml(row.requirement.title)}</td><td>${row.requirement.role}</td><td>${row.requirement.keyword}</td><td>${row.requirement.level}</td>
<td>${row.schema.map((file) => file.replace(/^.*\//, '').replace(/\.json$/, '')).join(', ') || '–'}</td>
<td>${countOf(row.code.length, 'place')}</td>
<td>${row.requirement.notTestable === undefined ? (row.rule ? 'yes' : 'owed') : 'not testable'}</td>
<td>${row.twins.map(escapeHtml).join(', ') || '–'}</td></tr>`,
  );
  const tested = rows.filter(({ requirement }) => requirement.notTestable === undefined);
  const summary = `${rows.length} requirements; ${tested.length} testable, ${tested.filter(({ rule }) => rule).length} with a rule, ${tested.filter(({ twins }) => twins.length > 0).length} with at least one faulty twin.`;
  return `<h1>Traceability</h1>
<p>Each requirement with the schemas that enforce it, the places of the reference that obey it, the rule that checks it and the faulty implementations that the rule has caught.</p>
<p>${summary}</p>
<div class="table" tabindex="0" role="region" aria-label="Traceability matrix"><table class="matrix">
<thead><tr><th>Id</th><th>Title</th><th>Role</th><th>Key word</th><th>Level</th><th>Schema</th><th>Reference</th><th>Rule</th><th>Faulty twins</th></tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}
