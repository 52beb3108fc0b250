/** Splits a run by scenario over several machines, and brings together what they saw. */
import type { ShardFile } from '../../schemas/1.0/types/shard.js';
import type { Transcript } from '../evidence/types.js';
import { KitError } from '../kit-error.js';
import type { JudgingOptions } from './judge-with.js';

/** One of `count` parts of a run; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The scenarios of a shard. They are dealt out like cards, so that shards of a list that is sorted by length last about
 * the same. The same list gives the same shards, on every machine. Throws `KitError` (`usage`) for more shards than
 * scenarios.
 */
export function takeShard<T>(scenarios: readonly T[], shard: Shard | undefined): readonly T[] {
  if (shard === undefined) {
    return scenarios;
  }
  if (scenarios.length < shard.count) {
    throw new KitError(
      'usage',
      `--shard: expected at most as many shards as this run has scenarios, ${scenarios.length}, got ${shard.count}`,
    );
  }
  return scenarios.filter((_, index) => index % shard.count === shard.index - 1);
}

/** What one shard saw, its transcripts checked. */
export type ShardRun = Omit<ShardFile, 'schema' | 'transcripts'> & { readonly transcripts: readonly Transcript[] };

/** All that one run would have seen, sorted as in a folder of transcripts. */
export interface Merged {
  readonly transcripts: readonly Transcript[];
  readonly options: JudgingOptions;
}

/**
 * A rule may look at scenarios of several shards, so that verdicts of shards cannot be added up: what the shards saw is
 * brought together, and judged as one run. Throws `KitError` (`usage`) where shards are missing, or are not of one run.
 */
export function mergeShards(shards: readonly ShardRun[]): Merged {
  const [first] = shards;
  if (first === undefined) {
    throw new KitError('usage', 'merge: expected the files of at least one shard, got none');
  }
  checkOneRun(first, shards);
  checkComplete(first.shard.count, shards);
  const transcripts = shards
    .flatMap((shard) => shard.transcripts)
    .map((transcript) => ({ ...transcript, target: first.target }))
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const twice = transcripts.find((one, index) => index > 0 && keyOf(one) === keyOf(transcripts[index - 1] ?? one));
  if (twice !== undefined) {
    throw new KitError('usage', `merge: the scenario ${twice.scenario} is in two shards: expected shards of one run`);
  }
  const notes = [...new Set(shards.flatMap((shard) => shard.notes))];
  return { transcripts, options: { ...first.asked, notes } };
}

function keyOf({ scenario, attempt }: Transcript): string {
  return `${scenario}.${attempt}`;
}

function checkOneRun(first: ShardRun, shards: readonly ShardRun[]): void {
  const facts: readonly (readonly [name: string, of: (shard: ShardRun) => string])[] = [
    ['kit', ({ kit }) => kit],
    ['spec', ({ spec }) => spec],
    ['role', ({ role }) => role],
    ['target', ({ target }) => withoutFreePort(target)],
    ['number of shards', ({ shard }) => String(shard.count)],
    ['options', ({ asked }) => JSON.stringify(asked)],
  ];
  for (const [name, of] of facts) {
    const other = shards.find((shard) => of(shard) !== of(first));
    if (other !== undefined) {
      throw new KitError(
        'usage',
        `merge: expected shards of one run, got the ${name} ${of(first)} in shard ${first.shard.index} and ${of(other)} in shard ${other.shard.index}`,
      );
    }
  }
}

/** On this machine a server is mostly given a free port: each shard may have started its own. */
function withoutFreePort(target: string): string {
  return target.replace(/^(https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])):\d+/, '$1');
}

function checkComplete(count: number, shards: readonly ShardRun[]): void {
  const given = shards.map(({ shard }) => shard.index);
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !given.includes(index));
  if (missing.length > 0) {
    throw new KitError('usage', `merge: expected all ${count} shards, ${missing.join(', ')} missing`);
  }
  const twice = given.find((index, at) => given.indexOf(index) !== at);
  if (twice !== undefined) {
    throw new KitError('usage', `merge: expected each shard once, got shard ${twice} twice`);
  }
}
