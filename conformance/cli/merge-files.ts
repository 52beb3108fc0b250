/** The work of `conformance merge`: reads the shards, judges them as one run, reports. */
import { readTranscript } from '../evidence/store.js';
import { KitError } from '../kit-error.js';
import { judgeTranscripts } from '../run/judge-transcripts.js';
import { mergeShards, type ShardRun } from '../run/shard.js';
import { readJsonFile } from './json-file.js';
import { type OutcomeFlags, prepareOutcome } from './run-outcome.js';

/** As much as a whole folder of transcripts may have. */
const shardBytesAtMost = 256 * 1024 * 1024;

/** Resolves with the exit code. Throws `KitError`. */
export async function mergeFiles(files: readonly string[], flags: Omit<OutcomeFlags, 'spec'>): Promise<number> {
  const shards = files.map(readShardFile);
  const outcome = await prepareOutcome({ ...flags, spec: shards[0]?.spec ?? '1.0' });
  const { transcripts, options } = mergeShards(shards);
  const { notes = [] } = options;
  return outcome.finish({ report: judgeTranscripts(transcripts, options), transcripts, notes });
}

function readShardFile(file: string): ShardRun {
  const document = readJsonFile(file, {
    schema: 'shard',
    command: 'merge',
    what: 'a shard',
    hint: 'run --shard K/N writes one',
    bytesAtMost: shardBytesAtMost,
  });
  const transcripts = document.transcripts.map((transcript) => readTranscript(transcript, file));
  const stranger = transcripts.find(({ role, spec }) => role !== document.role || spec !== document.spec);
  if (stranger !== undefined) {
    throw new KitError('usage', `merge: "${file}" holds a transcript of another run: ${stranger.scenario}`);
  }
  return { ...document, transcripts };
}
