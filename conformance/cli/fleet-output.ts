/** The folder of a fleet: a report for each server, and the index of all. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetIndex } from '../../schemas/1.0/types/fleet-index.js';
import type { Report } from '../../schemas/1.0/types/report.js';
import { pageFileOf, reportFileOf } from '../fleet/fleet-index.js';
import { KitError } from '../kit-error.js';
import { renderFleetHtml } from '../report/fleet-html.js';
import { renderHtml } from '../report/html.js';
import { toPrintable } from '../report/printable.js';
import { faultCode } from './exit-codes.js';

/** For files; nothing of it shows in them. */
const context = { columns: 80, colour: false, unicode: true, verbose: true };

export interface FleetFolder {
  readonly page: string;
  writeReport(name: string, report: Report): void;
  writeIndex(index: FleetIndex): void;
}

/** Throws `KitError` (`usage`) where nothing can be written there. Reports of an earlier run are removed by name. */
export function prepareFolder(folder: string, names: readonly string[]): FleetFolder {
  const files = [...names, 'index'].flatMap((name) => [reportFileOf(name), pageFileOf(name)]);
  attempt('usage', folder, () => {
    mkdirSync(folder, { recursive: true });
    // A server that cannot be graded this time must not keep the report of the last.
    for (const file of files) rmSync(join(folder, file), { force: true });
    writeFileSync(join(folder, 'index.json'), '');
    rmSync(join(folder, 'index.json'));
  });
  const write = (file: string, text: string): void =>
    attempt('kit', folder, () => writeFileSync(join(folder, file), text));
  const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    page: join(folder, 'index.html'),
    writeReport(name, report) {
      write(reportFileOf(name), asJson(report));
      write(pageFileOf(name), renderHtml(report, context));
    },
    writeIndex(index) {
      write('index.json', asJson(index));
      write('index.html', renderFleetHtml(index, pageFileOf));
    },
  };
}

function attempt(code: 'usage' | 'kit', folder: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new KitError(code, `--out: cannot write into "${toPrintable(folder)}" (${faultCode(cause)})`, { cause });
  }
}
