/** The report as one HTML file that stands alone: no request, no script, and a policy that forbids both. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { areaOf, conclusionOf, verdictOrder } from './describe.js';
import { renderStandalonePage } from './html-page.js';
import { requirementRow } from './html-row.js';
import { filterable, styleDigest, styleSheet } from './html-style.js';
import { escapeHtml } from './markup.js';
import type { RenderContext, Renderer } from './renderer.js';
import { wordOf } from './terminal-style.js';

export const renderHtml: Renderer = (report, context) => {
  const ordered = verdictOrder.flatMap((verdict) => report.requirements.filter((row) => row.verdict === verdict));
  return renderStandalonePage({
    title: `Resilient SSE ${escapeHtml(report.spec)}, ${report.role}: grade ${report.grade}`,
    styleSheet,
    styleDigest,
    header: `${top(report, context)}\n${levels(report)}`,
    main: `${notes(report)}${filters(report)}
<h2>Requirements</h2>
${ordered.map((row) => requirementRow(report, row, context)).join('\n')}`,
  });
};

function top(report: Report, context: RenderContext): string {
  const seconds = (report.durationMs / 1000).toFixed(1);
  return `<div class="top">
<div class="grade ${gradeClass(report.grade)}" aria-hidden="true">${report.grade}</div>
<div>
<h1>${conclusionOf(report, context)}</h1>
<p class="target">${escapeHtml(report.target)}</p>
<p class="soft">Resilient SSE ${escapeHtml(report.spec)}, ${report.role}. Kit ${escapeHtml(report.kit)}, <time datetime="${escapeHtml(report.startedAt)}">${escapeHtml(report.startedAt)}</time>, ${seconds} s.</p>
</div>
</div>`;
}

function levels(report: Report): string {
  const items = report.levels.map(({ level, met, pass, requirements }) => {
    const state = met ? '<span class="met">met</span>' : '<span class="unmet">not met</span>';
    const meter = `<meter max="${Math.max(requirements, 1)}" value="${pass}" aria-label="${level}: passed">${pass}</meter>`;
    return `<li><b>${level} ${state}</b>${meter}<span class="soft">${pass} of ${requirements} passed</span></li>`;
  });
  return `<ul class="levels" aria-label="Levels">\n${items.join('\n')}\n</ul>`;
}

function notes(report: Report): string {
  if (report.notes.length === 0) return '';
  const items = report.notes.map((note) => `<li>${escapeHtml(note)}</li>`);
  return `<h2>Notes</h2>\n<ul>\n${items.join('\n')}\n</ul>\n`;
}

/** One choice of each kind at a time; what no requirement of this report has is not offered. */
function filters({ requirements, summary }: Report): string {
  const offered = verdictOrder.filter((verdict) => summary[verdict] > 0);
  const areas = new Set(requirements.map(areaOf));
  const present = new Set(requirements.map(({ level }) => level));
  return `<section class="filters" aria-label="Filters">
${group('verdict', 'Verdict', offered, (verdict) => `${wordOf[verdict]} ${summary[verdict]}`)}
${group(
  'level',
  'Level',
  filterable.level.filter((level) => present.has(level)),
  (level) => level,
)}
${group(
  'area',
  'Area',
  filterable.area.filter((area) => areas.has(area)),
  (area) => area,
)}
</section>`;
}

function group<T extends string>(
  kind: string,
  legend: string,
  values: readonly T[],
  nameOf: (one: T) => string,
): string {
  const chips = values.map((value) => chip(kind, value, nameOf(value), ''));
  return `<fieldset><legend>${legend}</legend>${chip(kind, 'all', 'all', ' checked')}${chips.join('')}</fieldset>`;
}

function chip(kind: string, value: string, name: string, state: string): string {
  return `<label class="chip"><input type="radio" name="${kind}" id="${kind}-${value}"${state}><span>${name}</span></label>`;
}

function gradeClass(grade: Report['grade']): string {
  if (grade === 'F') return 'bad';
  return grade.startsWith('A') ? 'good' : 'fair';
}
