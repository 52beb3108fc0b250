/** The page that shows what the self-test catches: a picture of the matrix and a row for each twin. */

export interface Outcome {
  readonly missed: number;
  readonly wronglyAccused: number;
  readonly vacuous: number;
  /** The grade of the reference; null where it was not graded. */
  readonly reference: string | null;
  readonly twins: readonly TwinOutcome[];
}

export interface TwinOutcome {
  readonly name: string;
  readonly breaks: string;
  readonly why: string;
  readonly caught: boolean;
  /** Other requirements that it was caught in, which follow from what it breaks. */
  readonly also: readonly string[];
}

export interface Tested {
  readonly role: 'server' | 'client';
  readonly outcome: Outcome;
}

export function renderSelfTestPage(tested: readonly Tested[]): string {
  return `${[
    '# The kit, graded',
    '',
    'Servers and clients that each break one requirement on purpose, and what the kit says of them. `conformance self-test` and `conformance self-test --role client` do it again; `npm run results:self-test` makes this page.',
    '',
    '| Role | Twins | Caught | Missed | Wrongly accused | Vacuous passes | The reference |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...tested.map(summaryOf),
    '',
    ...tested.flatMap(sectionOf),
  ].join('\n')}`;
}

function summaryOf({ role, outcome }: Tested): string {
  const { twins, missed, wronglyAccused, vacuous, reference } = outcome;
  const caught = twins.filter((twin) => twin.caught).length;
  const cells = [`[${role}](${role}.json)`, twins.length, caught, missed, wronglyAccused, vacuous, reference ?? '–'];
  return `| ${cells.join(' | ')} |`;
}

function sectionOf({ role, outcome }: Tested): readonly string[] {
  return [
    `## Faulty ${role}s`,
    '',
    `![Each row is a twin, each column a requirement. A disc on the diagonal: caught in what it breaks. A ring: caught in what follows from it.](${role}.svg)`,
    '',
    '| Twin | Breaks | What it does | Also caught in |',
    '| --- | --- | --- | --- |',
    ...[...outcome.twins].sort((one, other) => one.breaks.localeCompare(other.breaks)).map(rowOf),
    '',
  ];
}

function rowOf({ name, breaks, why, also }: TwinOutcome): string {
  const text = why.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return `| ${name} | ${breaks} | ${text} | ${also.join(', ') || '–'} |`;
}
