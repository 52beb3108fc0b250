/** What a failed requirement says in the output of a test runner. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { placeOf } from '../report/describe.js';
import { toPrintable } from '../report/printable.js';

/** One line a fact; nothing that a target sent steers the terminal. */
export function messageOf(row: Report['requirements'][number]): string {
  const [first] = row.evidence;
  const lines = [row.sentence];
  if (first !== undefined) {
    lines.push(`expected: ${first.expected}`, `actual:   ${first.actual}`, `where:    ${placeOf(first)}`);
  }
  if (row.reason !== undefined) lines.push(`because:  ${row.reason}`);
  if (row.mend !== undefined) lines.push(`to mend:  ${row.mend}`);
  return lines.map(toPrintable).join('\n');
}
