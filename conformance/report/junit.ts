/** The report as JUnit XML for CI servers: one test case a requirement, within both schemas that are in use. */
import Builder from 'fast-xml-builder';
import type { Report } from '../../schemas/1.0/types/report.js';
import { areaOf, conclusionOf, placeOf } from './describe.js';
import { toAllowed } from './markup.js';
import type { Renderer, ReportedRequirement, Verdict } from './renderer.js';
import { wordOf } from './terminal-style.js';

/** JUnit knows no warning: a broken SHOULD is shown as skipped, because it does not fail a run that is not strict. */
const outcomes: Readonly<Record<Verdict, 'failure' | 'error' | 'skipped' | undefined>> = {
  pass: undefined,
  fail: 'failure',
  warn: 'skipped',
  'not-observed': 'skipped',
  'not-applicable': 'skipped',
  untestable: 'skipped',
  inconclusive: 'error',
  'kit-error': 'error',
};

export const renderJunit: Renderer = (report, context) => {
  const builder = new Builder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  });
  const count = (outcome: string) => report.requirements.filter((row) => outcomes[row.verdict] === outcome).length;
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      testsuite: {
        '@id': '0',
        '@name': `Resilient SSE ${toAllowed(report.spec)} ${report.role}`,
        '@package': 'resilient-sse',
        '@timestamp': timestampOf(report),
        '@hostname': hostOf(report),
        '@tests': String(report.requirements.length),
        '@failures': String(count('failure')),
        '@errors': String(count('error')),
        '@skipped': String(count('skipped')),
        '@time': seconds(report.durationMs),
        properties: { property: propertiesOf(report) },
        testcase: report.requirements.map((row) => testCase(report, row)),
        'system-out': [conclusionOf(report, context), ...report.notes].map(toAllowed).join('\n'),
        'system-err': '',
      },
    },
  });
};

function testCase(report: Report, row: ReportedRequirement): Record<string, unknown> {
  const attributes = {
    '@name': `${row.id} ${toAllowed(row.title)}`,
    '@classname': `resilient-sse.${report.role}.${areaOf(row)}`,
    // A run looks at everything at once: no requirement has a time of its own.
    '@time': '0.000',
  };
  const outcome = outcomes[row.verdict];
  if (outcome === undefined) return attributes;
  const message = toAllowed(`${wordOf[row.verdict]}: ${summaryOf(row)}`);
  const type = outcome === 'skipped' ? {} : { '@type': row.verdict };
  return { ...attributes, [outcome]: { '@message': message, ...type, '#text': detailsOf(row) } };
}

function summaryOf(row: ReportedRequirement): string {
  const [first] = row.evidence;
  const reason = first === undefined ? (row.reason ?? row.title) : `expected ${first.expected}; got ${first.actual}`;
  return row.accepted === true ? `${reason} (accepted)` : reason;
}

function detailsOf(row: ReportedRequirement): string {
  const lines = [`${row.keyword}, ${row.level}: ${row.sentence}`];
  for (const piece of row.evidence) {
    lines.push(`where: ${placeOf(piece)}`, `expected: ${piece.expected}`, `actual: ${piece.actual}`);
    if (piece.excerpt !== undefined && piece.excerpt !== '') lines.push(`bytes: ${piece.excerpt}`);
  }
  if (row.reason !== undefined) lines.push(`because: ${row.reason}`);
  if (row.mend !== undefined) lines.push(`to mend: ${row.mend}`);
  return lines.map(toAllowed).join('\n');
}

function propertiesOf({ target, grade, conforms, asked, kit, levels }: Report): Record<string, string>[] {
  const facts: [string, string][] = [
    ['target', target],
    ['grade', grade],
    ['conforms', String(conforms)],
    ['level', asked.level],
    ['kit', kit],
    ...levels.map(({ level, met }): [string, string] => [level, met ? 'met' : 'not met']),
  ];
  return facts.map(([name, value]) => ({ '@name': name, '@value': toAllowed(value) }));
}

/** The older schema takes a time without a zone; it is UTC. */
function timestampOf({ startedAt }: Report): string {
  return new Date(Date.parse(startedAt)).toISOString().slice(0, 19);
}

/** A client is a command of this machine; so is a URL that names no host. */
function hostOf({ target }: Report): string {
  return (URL.canParse(target) && new URL(target).hostname) || 'localhost';
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
