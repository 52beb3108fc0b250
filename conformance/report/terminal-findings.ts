/** The part of the terminal report that an owner works through: failures and warnings with their evidence. */
import { connectionOf, placeOf } from './describe.js';
import { measureColumns, toPrintable } from './printable.js';
import type { ReportedEvidence, ReportedRequirement, Verdict } from './renderer.js';
import { heading, labelled, markOf, paragraph, type Style } from './terminal-style.js';

/** Pieces of evidence shown in full without `verbose`; the rest is counted. */
const shownInFull = 1;

export function findings(
  verdict: Verdict & ('fail' | 'warn'),
  title: string,
  requirements: readonly ReportedRequirement[],
  style: Style,
): string[] {
  if (requirements.length === 0) return [];
  const lines = [heading(verdict, `${title} (${requirements.length})`, style), ''];
  for (const requirement of requirements) lines.push(...finding(requirement, style), '');
  return lines;
}

function finding(requirement: ReportedRequirement, style: Style): string[] {
  const { paint } = style;
  const right = `${requirement.keyword}, ${requirement.level}`;
  const left = `${requirement.id}  ${requirement.title}`;
  const gap = style.columns - 2 - measureColumns(left) - measureColumns(right);
  const head = `${markOf(requirement.verdict, style)} ${paint.bold(requirement.id)}  ${requirement.title}`;
  const lines = gap >= 2 ? [head + ' '.repeat(gap) + paint.dim(right)] : [head, `  ${paint.dim(right)}`];
  lines.push(...paragraph(requirement.sentence, 2, style, paint.italic));
  const shown = style.verbose ? requirement.evidence : requirement.evidence.slice(0, shownInFull);
  for (const evidence of shown) lines.push(...pieceOfEvidence(evidence, style));
  lines.push(...elsewhere(requirement.evidence.slice(shown.length), style));
  if (requirement.reason !== undefined) lines.push(...labelled('because', toPrintable(requirement.reason), 2, style));
  if (requirement.mend !== undefined) lines.push(...labelled('to mend', requirement.mend, 2, style));
  return lines;
}

function pieceOfEvidence(evidence: ReportedEvidence, style: Style): string[] {
  const lines = [
    ...labelled('expected', toPrintable(evidence.expected), 2, style),
    ...labelled('actual', toPrintable(evidence.actual), 2, style),
    ...labelled('where', toPrintable(placeOf(evidence)), 2, style),
  ];
  if (evidence.excerpt !== undefined && evidence.excerpt !== '') {
    lines.push(...labelled('bytes', toPrintable(evidence.excerpt), 2, style));
  }
  return lines;
}

function elsewhere(rest: readonly ReportedEvidence[], style: Style): string[] {
  if (rest.length === 0) return [];
  const places = [...new Set(rest.map(connectionOf))];
  return labelled('also', toPrintable(places.join(', ')), 2, style);
}
