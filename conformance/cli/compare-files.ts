/** The work of `conformance compare`: reads two reports, and says what turned and with which exit code. */
import { readFileSync, statSync } from 'node:fs';
import type { Report } from '../../schemas/1.0/types/report.js';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { compareReports } from './compare-reports.js';
import { comparisonAsMarkdown, comparisonAsText } from './compare-text.js';
import { exitCodes, faultCode } from './exit-codes.js';

/** A report of every requirement with all the evidence that it may hold is far smaller. */
const reportBytesAtMost = 64 * 1024 * 1024;

/** Characters of what is wrong with a document; a value in it may be of any length. */
const complaintAtMost = 200;

/** Throws `KitError` (`usage`) for a file that is no report, and for two that cannot be compared. */
export function compareFiles(older: string, newer: string, markdown: boolean): { text: string; code: number } {
  const before = readReport(older);
  const after = readReport(newer);
  if (before.role !== after.role) {
    throw new KitError(
      'usage',
      `compare: expected two reports on servers or two on clients, got a ${before.role} and a ${after.role}`,
    );
  }
  const comparison = compareReports(before, after);
  return {
    text: markdown ? comparisonAsMarkdown(comparison) : comparisonAsText(comparison),
    code: comparison.worse ? exitCodes.doesNotConform : exitCodes.conforms,
  };
}

function readReport(file: string): Report {
  const name = toPrintable(file);
  let parsed: unknown;
  try {
    const { size } = statSync(file);
    if (size > reportBytesAtMost) {
      throw new KitError('usage', `compare: "${name}" has ${size} bytes, a report has at most ${reportBytesAtMost}`);
    }
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const why = cause instanceof SyntaxError ? 'it is no JSON' : faultCode(cause);
    throw new KitError(
      'usage',
      `compare: cannot read a report from "${name}" (${why}); run --report json=FILE writes one`,
      {
        cause,
      },
    );
  }
  if (isOfSchema('report', parsed)) return parsed;
  const [first] = validate('report', parsed);
  const at = first?.path === '' ? 'the whole' : (first?.path ?? 'somewhere');
  const why = toPrintable(`${at}: expected ${first?.expected}, got ${first?.actual}`.slice(0, complaintAtMost));
  throw new KitError('usage', `compare: "${name}" is no report of the form resilient-sse/report/1 (${why})`);
}
