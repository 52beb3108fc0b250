/** The grade as a badge: an SVG picture, and the JSON that a shields endpoint reads. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { escapeHtml } from './markup.js';
import type { Renderer } from './renderer.js';

/** White text has a contrast of 4.5 or more on each. */
const colours: Readonly<Record<Report['grade'], string>> = {
  'A+': '#1a7f37',
  A: '#1a7f37',
  B: '#5d6b00',
  C: '#8a5a00',
  F: '#b3261e',
};

/** Width of a letter of the 11 px face, on average; `textLength` makes every face take it. */
const letterPx = 6.4;
const paddingPx = 6;

export const renderBadge: Renderer = (report) => {
  const { label, message } = wordsOf(report);
  const [labelPx, messagePx] = [textPx(label), textPx(message)];
  const left = labelPx + 2 * paddingPx;
  const width = left + messagePx + 2 * paddingPx;
  const title = escapeHtml(`${label}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" viewBox="0 0 ${width} 20" role="img" aria-label="${title}">
<title>${title}</title>
<clipPath id="round"><rect width="${width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="${left}" height="20" fill="#3b434d"/>
<rect x="${left}" width="${width - left}" height="20" fill="${colours[report.grade]}"/>
</g>
<g fill="#fff" font-family="Verdana, 'DejaVu Sans', sans-serif" font-size="11">
<text x="${paddingPx}" y="14" textLength="${labelPx}" lengthAdjust="spacingAndGlyphs">${escapeHtml(label)}</text>
<text x="${left + paddingPx}" y="14" textLength="${messagePx}" lengthAdjust="spacingAndGlyphs">${escapeHtml(message)}</text>
</g>
</svg>
`;
};

export const renderShields: Renderer = (report) => {
  const color = colours[report.grade].slice(1);
  return `${JSON.stringify({ schemaVersion: 1, ...wordsOf(report), color }, null, 2)}\n`;
};

/** A grade of a selection is none of the whole, and the badge has to say so. */
function wordsOf({ spec, role, grade, asked }: Report): { label: string; message: string } {
  const message = asked.only.length > 0 ? `${grade} (selection)` : grade;
  return { label: `Resilient SSE ${spec} ${role}`, message };
}

function textPx(text: string): number {
  return Math.max(8, Math.ceil(text.length * letterPx));
}
