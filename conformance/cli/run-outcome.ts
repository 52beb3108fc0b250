/** What becomes of a run's result: transcripts, baseline, certificate, reports, exit code; faults are found before it. */
import { resolve } from 'node:path';
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Shard } from '../run/shard.js';
import type { RunResult } from '../run/types.js';
import { readRequirements } from '../spec/read-spec.js';
import { type Comparison, compareWithBaseline, readBaseline, writeBaseline } from './baseline-file.js';
import { prepareCertificate } from './certificate-option.js';
import { emitReports, exitCodeOf } from './emit-reports.js';
import { exitCodes } from './exit-codes.js';
import { checkWritable, readReportTargets, writeReportFile } from './report-option.js';
import { refuseConclusions, renderShard, shardFileName } from './shard-option.js';

/** The flags about the result, which `run` and `merge` have in common. */
export interface OutcomeFlags {
  readonly spec: string;
  readonly report: readonly string[];
  readonly verbose: boolean;
  readonly specSite?: string;
  readonly transcripts?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly certificate?: string;
  readonly signingKey?: string;
}

export interface Outcome {
  /** Stores and writes what was asked for; resolves with the exit code. `more` notes are the command's own. Throws `KitError` (`kit`). */
  finish(result: RunResult, more?: readonly string[]): Promise<number>;
}

/** Throws `KitError` (`usage`) for what cannot be read or written, before the first request. */
export async function prepareOutcome(flags: OutcomeFlags, shard?: Shard): Promise<Outcome> {
  if (shard !== undefined) {
    refuseConclusions(flags);
    return prepareShard(shard);
  }
  const reports = readReportTargets(flags.report);
  checkWritable(reports);
  const known = flags.baseline === undefined ? undefined : readBaseline(flags.baseline);
  const certificate = await prepareCertificate(flags);
  const { transcripts } = flags;
  if (transcripts !== undefined) {
    const { prepareTranscripts } = await import('../evidence/store.js');
    await prepareTranscripts(transcripts);
  }
  return {
    async finish(result, more = []) {
      if (transcripts !== undefined) {
        const { replaceTranscripts } = await import('./transcript-option.js');
        await replaceTranscripts(transcripts, result.transcripts);
      }
      if (flags.writeBaseline !== undefined) {
        writeBaseline(flags.writeBaseline, result.report);
      }
      certificate?.write(result);
      const compared = known && compareWithBaseline(result.report, known, readRequirements(flags.spec));
      const report = { ...result.report, notes: [...result.report.notes, ...more, ...(compared?.notes ?? [])] };
      await emitReports(report, reports, {
        verbose: flags.verbose,
        transcripts: result.transcripts,
        specSite: flags.specSite,
        baselineHolds: compared?.holds === true,
      });
      return codeOf(report, compared);
    },
  };
}

function prepareShard(shard: Shard): Outcome {
  const file = resolve(shardFileName(shard));
  checkWritable([{ file }], '--shard');
  return {
    async finish(result, more = []) {
      writeReportFile(file, renderShard(shard, result, more));
      const played = result.transcripts.filter(({ outcome }) => outcome !== 'skipped').length;
      const { index, count } = shard;
      process.stdout.write(
        `Shard ${index} of ${count}: ${played} scenarios played, written to ${shardFileName(shard)}.\nJudge all shards as one run: conformance merge shard-*-of-${count}.json\n`,
      );
      return exitCodes.conforms;
    },
  };
}

function codeOf(report: Report, compared: Comparison | undefined): number {
  if (compared === undefined) {
    return exitCodeOf(report);
  }
  return compared.holds ? exitCodes.conforms : exitCodes.doesNotConform;
}
