/** What every report says in the same words: the conclusion, where something was seen, what a requirement belongs to. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { escapeHtml } from './markup.js';
import type { RenderContext, ReportedEvidence, ReportedRequirement } from './renderer.js';

/** One sentence: the grade, and whether the target conforms to what was asked. */
export function conclusionOf(report: Report, context: Pick<RenderContext, 'baselineHolds'>): string {
  const { grade, conforms, asked } = report;
  const what = asked.only.length > 0 ? 'in all that was selected' : `to ${asked.level}`;
  if (!isWell(report, context)) return `Grade ${grade}: does not conform ${what}.`;
  return `Grade ${grade}: conforms ${what}${conforms ? '' : ', but for what the baseline lists'}.`;
}

/** Whether there is nothing to act upon: the target conforms, or the baseline knows why not. */
export function isWell({ conforms }: Report, { baselineHolds = false }: Pick<RenderContext, 'baselineHolds'>): boolean {
  return conforms || baselineHolds;
}

/** `HEARTBEAT` of `HEARTBEAT-001`. */
export function areaOf({ id }: Pick<ReportedRequirement, 'id'>): string {
  return id.slice(0, id.lastIndexOf('-'));
}

/** `scenario/connection`, or the scenario alone. What a target named may stand in it. */
export function connectionOf({ scenario, connection }: ReportedEvidence): string {
  return connection === undefined ? scenario : `${scenario}/${connection}`;
}

/** Connection, time since the scenario began, and byte of the body. */
export function placeOf(evidence: ReportedEvidence): string {
  const parts = [connectionOf(evidence)];
  if (evidence.atMs !== undefined) parts.push(`at ${(evidence.atMs / 1000).toFixed(3)} s`);
  if (evidence.offset !== undefined) parts.push(`byte ${evidence.offset}`);
  return parts.join(', ');
}

/** Where the sentence stands, as HTML: a link into the published site, else its place in the package. */
export function placeOfSentence(
  { spec }: Report,
  { chapter, id }: ReportedRequirement,
  { specSite }: Pick<RenderContext, 'specSite'>,
): string {
  const path = `spec/${encodeURIComponent(spec)}/${encodeURIComponent(chapter)}`;
  const anchor = `#${id.toLowerCase()}`;
  if (specSite === undefined) {
    return `<code>${escapeHtml(path + anchor)}</code>`;
  }
  const page = new URL(path.replace(/\.md$/, '.html') + anchor, specSite);
  return `<a href="${escapeHtml(page.href)}">${id} in the spec</a>`;
}

/** What a requirement is about, in the order of importance: failures first, then what was not seen, then the rest. */
export const verdictOrder = [
  'fail',
  'kit-error',
  'warn',
  'not-observed',
  'inconclusive',
  'pass',
  'not-applicable',
  'untestable',
] as const;

/** What counts of verdicts are told in: what is good first, then what is to be acted upon, then what is not judged. */
export const countOrder = [
  'pass',
  'fail',
  'warn',
  'not-observed',
  'inconclusive',
  'kit-error',
  'not-applicable',
  'untestable',
] as const;
