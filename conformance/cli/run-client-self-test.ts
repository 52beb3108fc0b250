/** The work of `conformance self-test --role client`: grades clients that are broken on purpose, and the reference. */
import { existsSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { KitError } from '../kit-error.js';
import { readFaultyClients } from '../run/faulty-clients.js';
import { selfTestClients } from '../run/self-test-client.js';
import { exitCodes } from './exit-codes.js';
import { watchForInterruption } from './interruption.js';
import { checkWritable, readReportTargets } from './report-option.js';
import { splitNames } from './requirement-names.js';
import { emit, exitCodeOf, showProgress } from './run-self-test.js';
import type { SelfTestFlags } from './self-test.js';

/** Resolves with the exit code: 0 where nothing was missed, wrongly accused or vacuous. Throws `KitError`. */
export async function runClientSelfTest(flags: SelfTestFlags): Promise<number> {
  const reports = readReportTargets(flags.report, ['terminal', 'json']);
  checkWritable(reports);
  const file = packageFile('dist', 'reference', 'faulty', 'client', 'main.js');
  if (!existsSync(file)) {
    throw new KitError('kit', 'the faulty clients are not built: run "npm run build", or install the package again');
  }
  const interruption = watchForInterruption();
  const only = splitNames(flags.only);
  try {
    const result = await selfTestClients({
      faulty: await readFaultyClients(file),
      spec: flags.spec,
      only,
      withReference: only.length === 0,
      signal: interruption.signal,
      onProgress: showProgress,
    });
    emit(result, reports);
    return interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(result);
  } finally {
    interruption.release();
  }
}
