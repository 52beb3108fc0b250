/** Renders a report in every format that was asked for and writes each where it belongs. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Transcript } from '../evidence/types.js';
import { createEvidence } from '../evidence/views.js';
import { findFormat } from '../report/formats.js';
import { exitCodes } from './exit-codes.js';
import { type ReportTarget, writeReportFile } from './report-option.js';
import { factsOf } from './terminal-facts.js';

export interface EmitOptions {
  readonly verbose: boolean;
  /** What the report was judged from, for formats that draw it. */
  readonly transcripts: readonly Transcript[];
  readonly baselineHolds?: boolean;
  readonly specSite?: string | undefined;
}

/** Throws `KitError` (`kit`) where a file that could be written before cannot be written now. */
export async function emitReports(
  report: Report,
  targets: readonly ReportTarget[],
  { verbose, transcripts, baselineHolds = false, specSite }: EmitOptions,
): Promise<void> {
  const facts = factsOf(process.stdout, process.env);
  const evidence = createEvidence(transcripts);
  for (const { format, file } of targets) {
    const render = await findFormat(format).load();
    const colour = file === undefined && facts.colour;
    const text = render(report, {
      columns: facts.columns,
      colour,
      unicode: facts.unicode,
      verbose,
      baselineHolds,
      evidence,
      ...(specSite === undefined ? {} : { specSite }),
    });
    if (file === undefined) process.stdout.write(text);
    else writeReportFile(file, text);
  }
}

/** 0 only where something was judged and the target conforms; a fault of the kit is no verdict on the target. */
export function exitCodeOf(report: Report): number {
  if (report.conforms && report.summary.pass > 0) return exitCodes.conforms;
  const blamed = report.summary.fail + report.summary.warn + report.summary['not-observed'];
  return report.summary['kit-error'] > 0 && report.summary.fail === 0 && blamed === 0
    ? exitCodes.kitError
    : exitCodes.doesNotConform;
}
