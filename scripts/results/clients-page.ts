/** The page that compares the graded clients: what the reports say, and why each kind of failure is one. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { levelOf } from './page.js';

export interface GradedClient {
  readonly name: string;
  /** Such as `eventsource 4.1.1`. */
  readonly client: string;
  readonly report: Report;
}

export interface ClientPage {
  readonly page: string;
  /** Requirements that fail somewhere and have no explanation, or have one and fail nowhere. */
  readonly unexplained: readonly string[];
}

/** @param explained By requirement id: what was done by hand to see that the failure is one. */
export function renderClientPage(
  graded: readonly GradedClient[],
  explained: Readonly<Record<string, string>>,
): ClientPage {
  const [first] = graded;
  const failing = new Map<string, { readonly title: string; readonly chapter: string; readonly names: string[] }>();
  for (const { name, report } of graded) {
    for (const { id, title, chapter, verdict } of report.requirements) {
      if (verdict !== 'fail') continue;
      const known = failing.get(id) ?? { title, chapter, names: [] };
      known.names.push(name);
      failing.set(id, known);
    }
  }
  const ids = [...failing.keys()].sort();
  const page = [
    '# Clients, graded',
    '',
    `What \`conformance run\` says of clients that were written without Resilient SSE in mind, each used as its own documentation shows it, and of the reference client; kit ${first?.report.kit ?? ''}, spec ${first?.report.spec ?? ''}. A library does not fail here: it leaves to its user what the protocol asks for. \`npm run results:clients\` makes this page and the reports beside it again.`,
    '',
    '| Client | Grade | Core | Live | Resume | Pass | Fail | Warn | Not observed | Report |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...graded.map(rowOf),
    '',
    'Core, Live and Resume: requirements that passed, of those that could apply to the level.',
    'The clients of others report the events that they deliver and that they gave up; they have no words for states, so what is about those is not observed.',
    '',
    '## What failed, and why that is right',
    '',
    'Most kinds of failure were replayed by hand against a plain socket server; the others are what the transcript and the documentation of the client show.',
    '',
    '| Requirement | Fails | What happens |',
    '| --- | --- | --- |',
    ...ids.map((id) => {
      const { title = '', chapter = '', names = [] } = failing.get(id) ?? {};
      const link = `../../../spec/1.0/${chapter}#${id.toLowerCase()}`;
      return `| [${id}](${link}) ${title} | ${names.join(', ')} | ${explained[id] ?? ''} |`;
    }),
    '',
  ].join('\n');
  const stale = Object.keys(explained).filter((id) => !failing.has(id));
  return { page, unexplained: [...ids.filter((id) => explained[id] === undefined), ...stale] };
}

function rowOf({ name, client, report }: GradedClient): string {
  const { grade, summary } = report;
  const cells = [
    client,
    grade,
    ...['Core', 'Live', 'Resume'].map((level) => levelOf(report, level)),
    summary.pass,
    summary.fail,
    summary.warn,
    summary['not-observed'],
    `[${name}.json](${name}.json)`,
  ];
  return `| ${cells.join(' | ')} |`;
}
