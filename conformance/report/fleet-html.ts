/** The index of a fleet as one HTML file that stands beside the reports: no request, no script. */
import type { FleetIndex, FleetTarget } from '../../schemas/1.0/types/fleet-index.js';
import { fleetStyleDigest, fleetStyleSheet } from './fleet-style.js';
import { conclusionOfFleet, detailOf, wordOfTarget } from './fleet-words.js';
import { renderStandalonePage } from './html-page.js';
import { escapeHtml } from './markup.js';

/** `pageOf` names the file of a target's report for people, relative to the index. */
export function renderFleetHtml(index: FleetIndex, pageOf: (name: string) => string): string {
  const { targets, exitCode, spec, kit, startedAt, durationMs } = index;
  const conform = targets.filter((target) => target.exitCode === 0).length;
  return renderStandalonePage({
    title: `Resilient SSE ${escapeHtml(spec)}: ${conform} of ${targets.length} servers conform`,
    styleSheet: fleetStyleSheet,
    styleDigest: fleetStyleDigest,
    header: `<div class="top">
<div class="grade ${exitCode === 0 ? 'good' : 'bad'}" aria-hidden="true">${conform}<small>/${targets.length}</small></div>
<div>
<h1>${escapeHtml(conclusionOfFleet(index))}</h1>
<p class="soft">Resilient SSE ${escapeHtml(spec)}. Kit ${escapeHtml(kit)}, <time datetime="${escapeHtml(startedAt)}">${escapeHtml(startedAt)}</time>, ${(durationMs / 1000).toFixed(1)} s.</p>
</div>
</div>`,
    main: `<table>
<thead><tr><th scope="col">Grade</th><th scope="col">Server</th><th scope="col">Result</th><th scope="col" class="time">Time</th></tr></thead>
<tbody>
${targets.map((target) => row(target, pageOf)).join('\n')}
</tbody>
</table>`,
  });
}

function row(target: FleetTarget, pageOf: (name: string) => string): string {
  const { name, grade, exitCode, durationMs, worker, report } = target;
  const shown = escapeHtml(name);
  const links =
    report === undefined
      ? shown
      : `<a href="${escapeHtml(pageOf(name))}">${shown}</a> <a class="data" href="${escapeHtml(report)}">JSON</a>`;
  const by = worker === undefined ? '' : `<span class="soft by">by ${escapeHtml(worker)}</span>`;
  const time = durationMs === undefined ? '' : `${(durationMs / 1000).toFixed(1)} s`;
  return `<tr data-code="${exitCode}"><td class="letter">${grade ?? '–'}</td><td>${links}<span class="target">${escapeHtml(target.target)}</span></td><td><b>${escapeHtml(wordOfTarget(target))}</b><span class="detail">${escapeHtml(detailOf(target))}</span>${by}</td><td class="time">${time}</td></tr>`;
}
