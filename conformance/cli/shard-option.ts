/** `--shard K/N` of `run`, and the file that a shard leaves for `merge`. */
import { InvalidArgumentError } from 'commander';
import type { Report } from '../../schemas/1.0/types/report.js';
import { KitError } from '../kit-error.js';
import type { Shard } from '../run/shard.js';
import type { RunResult } from '../run/types.js';
import type { OutcomeFlags } from './run-outcome.js';

const shardsAtMost = 99;

/** Reader for commander. */
export function readShard(given: string): Shard {
  const [, index, count] = /^(\d{1,2})\/(\d{1,2})$/.exec(given) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count && shard.count <= shardsAtMost)) {
    throw new InvalidArgumentError(`Expected K/N such as 2/5, with K from 1 to N and N up to ${shardsAtMost}.`);
  }
  return shard;
}

/** A shard saw a part: nothing can be concluded from it. Throws `KitError` (`usage`). */
export function refuseConclusions(flags: OutcomeFlags): void {
  const given: readonly (readonly [option: string, isGiven: boolean])[] = [
    ['--report', flags.report.length > 0],
    ['--transcripts', flags.transcripts !== undefined],
    ['--baseline', flags.baseline !== undefined],
    ['--write-baseline', flags.writeBaseline !== undefined],
    ['--certificate', flags.certificate !== undefined],
  ];
  const [option] = given.find(([, isGiven]) => isGiven) ?? [];
  if (option !== undefined) {
    throw new KitError('usage', `${option}: a shard concludes nothing; give it to conformance merge, after all shards`);
  }
}

export function shardFileName({ index, count }: Shard): string {
  return `shard-${index}-of-${count}.json`;
}

/** The document of the schema kit/shard, as text. */
export function renderShard(shard: Shard, { report, transcripts, notes }: RunResult, more: readonly string[]): string {
  const { kit, spec, role, target, asked }: Report = report;
  const document = { schema: 'resilient-sse/shard/1', kit, spec, role, target, shard, asked };
  return `${JSON.stringify({ ...document, notes: [...notes, ...more], transcripts }, null, 1)}\n`;
}
