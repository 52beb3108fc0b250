/** The page that compares the graded servers: only what the reports say. */
import type { Report } from '../../schemas/1.0/types/report.js';

export interface Graded {
  readonly name: string;
  /** Such as `hono 4.13.19`. */
  readonly server: string;
  /** The proxy before it, with its version; empty for none. */
  readonly proxy: string;
  readonly report: Report;
}

export function renderPage(graded: readonly Graded[]): string {
  const [first] = graded;
  return `${[
    '# Servers, graded',
    '',
    `What \`conformance run --target URL\` says of servers that were written without Resilient SSE in mind, each as its own documentation shows it, and of the reference server; kit ${first?.report.kit ?? ''}, spec ${first?.report.spec ?? ''}. A library does not fail here: it leaves to its user what the protocol asks for. \`npm run results:servers\` makes this page and the reports beside it again.`,
    '',
    '| Server | Behind | Grade | Core | Live | Resume | Pass | Fail | Warn | Not observed | Report |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...graded.map(rowOf),
    '',
    'Core, Live and Resume: requirements that passed, of those that could apply to the level.',
    '',
    '## What failed',
    '',
    ...graded.flatMap(({ name, report }) => [`- **${name}**: ${failuresOf(report)}`]),
    '',
  ].join('\n')}`;
}

function rowOf({ name, server, proxy, report }: Graded): string {
  const { grade, summary } = report;
  const cells = [
    server,
    proxy || '–',
    grade,
    ...['Core', 'Live', 'Resume'].map((level) => levelOf(report, level)),
    summary.pass,
    summary.fail,
    summary.warn,
    summary['not-observed'] + summary.inconclusive,
    `[${name}.json](${name}.json)`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** How many of a level's requirements passed, of those that apply. */
export function levelOf({ levels, requirements }: Report, level: string): string {
  const pass = levels.find((one) => one.level === level)?.pass ?? 0;
  const apply = requirements.filter(
    (row) => row.level === level && row.verdict !== 'not-applicable' && row.verdict !== 'untestable',
  );
  return `${pass}/${apply.length}`;
}

function failuresOf({ requirements }: Report): string {
  const ids = requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  return ids.length === 0 ? 'nothing.' : `${ids.join(', ')}.`;
}
