/** The work of `conformance self-test`: starts the faulty servers and the reference, grades all, compares, reports. */
import { selfTestText } from '../report/self-test.js';
import { readFaultyServers } from '../run/faulty-servers.js';
import { type SelfTestResult, selfTest } from '../run/self-test.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { readAnnouncement } from './reference-announcement.js';
import { faultyServers, referenceServer, startProgram } from './reference-process.js';
import { checkWritable, readReportTargets, writeReportFile } from './report-option.js';
import { splitNames } from './requirement-names.js';
import type { SelfTestFlags } from './self-test.js';
import { factsOf } from './terminal-facts.js';

/** Resolves with the exit code: 0 where nothing was missed, wrongly accused or vacuous. Throws `KitError`. */
export async function runSelfTest(flags: SelfTestFlags): Promise<number> {
  const reports = readReportTargets(flags.report, ['terminal', 'json']);
  checkWritable(reports);
  const interruption = watchForInterruption();
  const only = splitNames(flags.only);
  const args = only.length === 0 ? [] : ['--only', only.join(',')];
  const faulty = await startProgram(faultyServers, { args, showLog: false });
  try {
    const reference = await startProgram(referenceServer, { args: ['--port', '0', '--fast'], showLog: false });
    try {
      const result = await selfTest({
        faulty: readFaultyServers(faulty.announcement),
        reference: readAnnouncement(reference.announcement),
        spec: flags.spec,
        signal: interruption.signal,
        onProgress: showProgress,
      });
      emit(result, reports);
      return interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(result);
    } finally {
      await reference.stop();
    }
  } finally {
    await faulty.stop();
    interruption.release();
  }
}

/** One line in place on a terminal, a line every 20 targets elsewhere. */
export function showProgress({
  done,
  of,
  name,
}: {
  readonly done: number;
  readonly of: number;
  readonly name: string;
}): void {
  const line = `  ${done} of ${of} targets graded`;
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[2K${line}: ${name.slice(0, 40)}${done === of ? '\n' : ''}`);
  } else if (done % 20 === 0 || done === of) {
    process.stderr.write(`${line}\n`);
  }
}

export function emit(result: SelfTestResult, reports: ReturnType<typeof readReportTargets>): void {
  const { columns } = factsOf(process.stdout, process.env);
  for (const { format, file } of reports) {
    const text = format === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : selfTestText(result, columns);
    if (file === undefined) {
      process.stdout.write(text);
    } else {
      writeReportFile(file, text);
    }
  }
}

export function exitCodeOf(result: SelfTestResult): number {
  if (result.kitErrors.length > 0) {
    return exitCodes.kitError;
  }
  const clean = result.missed.length + result.wronglyAccused.length + result.vacuous.length === 0;
  return clean && (result.reference?.conforms ?? true) ? exitCodes.conforms : exitCodes.doesNotConform;
}
