/** The work of `conformance compare`: reads two reports, and says what turned and with which exit code. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { KitError } from '../kit-error.js';
import { compareReports } from './compare-reports.js';
import { comparisonAsMarkdown, comparisonAsText } from './compare-text.js';
import { exitCodes } from './exit-codes.js';
import { readJsonFile } from './json-file.js';

/** A report of every requirement with all the evidence that it may hold is far smaller. */
const reportBytesAtMost = 64 * 1024 * 1024;

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
  return readJsonFile(file, {
    schema: 'report',
    command: 'compare',
    what: 'a report',
    hint: 'run --report json=FILE writes one',
    bytesAtMost: reportBytesAtMost,
  });
}
