/** Known failures: `ID  # reason` a line. They do not fail a run; one that passes, or that nobody knows, does. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Report } from '../../schemas/1.0/types/report.js';
import { countsAgainst } from '../judge/grade.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import type { Requirement } from '../spec/requirement.js';
import { faultCode } from './exit-codes.js';

export interface KnownFailure {
  readonly id: string;
  readonly reason: string;
}

/** Throws `KitError` (`usage`) for a file that cannot be read, and a line of another form. */
export function readBaseline(file: string): readonly KnownFailure[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KitError('usage', `--baseline: cannot read the file "${toPrintable(file)}" (${faultCode(cause)})`, {
      cause,
    });
  }
  return parseBaseline(text, file);
}

/** Empty lines and lines that begin with `#` are left out. Throws `KitError` (`usage`). */
export function parseBaseline(text: string, file: string): readonly KnownFailure[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) {
      return [];
    }
    const [, id, reason] = /^\s*([A-Z]+-\d{3})\s+#\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (id === undefined || reason === undefined) {
      const got = toPrintable(line.trim().slice(0, 80));
      throw new KitError(
        'usage',
        `--baseline: ${toPrintable(file)}, line ${index + 1}: expected "ID  # reason" with a reason, got "${got}"`,
      );
    }
    return [{ id, reason }];
  });
}

export interface Comparison {
  /** True where nothing counts against the target but what is known, and all that is known still fails. */
  readonly holds: boolean;
  /** For the report. */
  readonly notes: readonly string[];
}

/** `all` are the requirements of the spec; one that was not selected in this run is not looked at. */
export function compareWithBaseline(
  report: Report,
  known: readonly KnownFailure[],
  all: readonly Pick<Requirement, 'id' | 'role'>[],
): Comparison {
  const ids = new Set(known.map(({ id }) => id));
  const rowOf = (id: string) => report.requirements.find((row) => row.id === id);
  const unknown = [...ids].filter((id) => !all.some((one) => one.id === id && one.role === report.role));
  const mended = [...ids].filter((id) => ['pass', 'not-applicable', 'untestable'].includes(rowOf(id)?.verdict ?? ''));
  const still = [...ids].filter((id) => !unknown.includes(id) && !mended.includes(id) && rowOf(id) !== undefined);
  const fresh = report.requirements.filter(
    (row) => isAsked(row, report.asked) && countsAgainst(row) && !ids.has(row.id),
  );
  const say = (text: string, listed: readonly string[]): string[] =>
    listed.length === 0 ? [] : [`${text}: ${listed.join(', ')}.`];
  return {
    holds: unknown.length + mended.length + fresh.length === 0 && report.summary.pass > 0,
    notes: [
      ...say('Known failures, accepted by the baseline', still),
      ...say(
        'Not in the baseline',
        fresh.map(({ id }) => id),
      ),
      ...say('In the baseline, but no longer failing: take out', mended),
      ...say('In the baseline, but no requirement of this spec: take out', unknown),
    ],
  };
}

const LEVELS: readonly string[] = ['Core', 'Live', 'Resume'];

/** What has to be met for the level that was asked for; all that was selected, where something was. */
function isAsked(row: Report['requirements'][number], asked: Report['asked']): boolean {
  return (
    asked.only.length > 0 || (LEVELS.includes(row.level) && LEVELS.indexOf(row.level) <= LEVELS.indexOf(asked.level))
  );
}

/** Throws `KitError` (`usage`) where the file cannot be written. */
export function writeBaseline(file: string, report: Report): void {
  const rows = report.requirements.filter((row) => isAsked(row, report.asked) && countsAgainst(row));
  const lines = rows.map((row) => `${row.id}  # to be explained: ${row.verdict}, ${reasonOf(row)}`);
  const head = '# Known failures, one a line: ID  # reason. Say of each why it is accepted.';
  try {
    writeFileSync(file, `${[head, ...lines].join('\n')}\n`);
  } catch (cause) {
    throw new KitError('usage', `--write-baseline: cannot write "${toPrintable(file)}" (${faultCode(cause)})`, {
      cause,
    });
  }
}

/** One line, bounded: what a target sent may stand in it. */
function reasonOf({ evidence, reason, title }: Report['requirements'][number]): string {
  return toPrintable((evidence[0]?.actual ?? reason ?? title).replace(/\s+/g, ' ').slice(0, 120)).trim();
}
