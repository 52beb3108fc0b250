/** The report for people: grade and levels first, then what to mend, then what was not seen, then what passed. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { conclusionOf } from './describe.js';
import { drawGrade } from './grade-letters.js';
import { toPrintable } from './printable.js';
import type { RenderContext, Renderer, Verdict } from './renderer.js';
import { findings } from './terminal-findings.js';
import { asides, grouped, passes } from './terminal-groups.js';
import { inColourOf, labelled, paragraph, type Style, styleFor, wordOf } from './terminal-style.js';

export const renderTerminal: Renderer = (report: Report, context: RenderContext) => {
  const style = styleFor(context);
  const having = (...verdicts: Verdict[]) => report.requirements.filter(({ verdict }) => verdicts.includes(verdict));
  const lines = [
    '',
    ...title(report, style),
    '',
    ...panel(report, context, style),
    '',
    ...findings('fail', 'Failed', having('fail'), style),
    ...findings('warn', 'Warnings', having('warn'), style),
    ...grouped('kit-error', 'Faults of the kit, not of the target', having('kit-error'), style),
    ...grouped('inconclusive', 'Inconclusive', having('inconclusive'), style),
    ...grouped('not-observed', 'Not observed', having('not-observed'), style),
    ...passes(having('pass'), style),
    ...asides('not-applicable', having('not-applicable'), style),
    ...asides('untestable', having('untestable'), style),
    ...report.notes.flatMap((note) => labelled('note', toPrintable(note), 0, style)),
    '',
    ...closing(report, context, style),
  ];
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return context.unicode ? text : toAscii(text);
};

/** The kit's own marks; what a target sent keeps its letters, which is all that can be shown of them. */
function toAscii(text: string): string {
  return text.replaceAll('·', '-').replaceAll('–', '-').replaceAll('…', '...');
}

function title(report: Report, style: Style): string[] {
  const { paint } = style;
  const seconds = (report.durationMs / 1000).toFixed(1);
  const facts = `Resilient SSE ${report.spec} · ${report.role} · kit ${report.kit} · ${seconds} s`;
  return [paint.bold(facts), ...paragraph(toPrintable(report.target), 0, style)];
}

/** The large grade on the left, what it stands on to the right of it. */
function panel(report: Report, context: RenderContext, style: Style): string[] {
  const { paint } = style;
  const verdict = gradeColour(report.grade);
  const name = Math.max(...report.levels.map(({ level }) => level.length));
  const levels = report.levels.map(({ level, met, pass, requirements }) => {
    const word = met ? 'met' : 'not met';
    const state = inColourOf(met ? 'pass' : 'fail', word.padEnd(7), style);
    return `${level.padEnd(name)}  ${state}  ${String(pass).padStart(3)} of ${requirements} pass`;
  });
  const facts = [paint.bold(conclusionOf(report, context)), '', ...levels];
  const letter = drawGrade(report.grade, style.unicode);
  const height = Math.max(letter.length, facts.length);
  const width = Math.max(...letter.map((line) => line.length));
  return Array.from({ length: height }, (_, row) => {
    const drawn = (letter[row] ?? '').trimEnd();
    return `  ${inColourOf(verdict, drawn, style)}${' '.repeat(width - drawn.length)}    ${facts[row] ?? ''}`;
  });
}

/** The last line: what the first screen said, for those who see the end only. */
function closing(report: Report, context: RenderContext, style: Style): string[] {
  const counted: Verdict[] = ['pass', 'fail', 'warn', 'not-observed', 'inconclusive', 'kit-error'];
  const counts = counted
    .filter((verdict) => report.summary[verdict] > 0 || verdict === 'pass' || verdict === 'fail')
    .map((verdict) => ({ verdict, text: `${report.summary[verdict]} ${wordOf[verdict]}` }));
  const plain = counts.map(({ text }) => text).join(', ');
  const coloured = counts.map(({ verdict, text }) => inColourOf(verdict, text, style)).join(', ');
  const first = report.requirements.find(({ verdict }) => verdict === 'fail' || verdict === 'not-observed');
  const lines = [
    style.paint.bold(conclusionOf(report, context)),
    ...(plain.length > style.columns ? paragraph(plain, 0, style) : [coloured]),
  ];
  if (first !== undefined) lines.push(style.paint.dim(`More on one of them: conformance explain ${first.id}`));
  return lines;
}

function gradeColour(grade: Report['grade']): Verdict {
  if (grade === 'F') return 'fail';
  return grade === 'C' || grade === 'B' ? 'warn' : 'pass';
}
