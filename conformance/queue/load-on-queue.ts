/** A load plan, cut into shares that workers run at the same time; their results add up to one. */
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import { lostShare, mergeResults } from '../load/merge-results.js';
import { splitPlan } from '../load/split-plan.js';
import type { LoadPlan, LoadResult, ShardResult } from '../load/types.js';
import type { JobEnd } from './jobs.js';
import type { Dispatching } from './submit.js';

export interface QueuedLoadOptions {
  readonly signal: AbortSignal;
  /** Default: one for each worker that is there. */
  readonly shares?: number;
  readonly patienceMs?: number;
  /** Which worker has a share, as soon as one has. */
  readonly onTaken?: (share: number, worker: string) => void;
  /** Called with the sum of what the workers have told so far. */
  readonly onProgress?: (soFar: LoadResult) => void;
}

/**
 * Every share is in the result: done, done by another worker after the first one died, or lost and named. Throws
 * `KitError`: what a share itself throws, and `kit` where the queue or workers are missing.
 */
export async function runLoadOnQueue(
  dispatcher: Dispatching,
  plan: LoadPlan,
  { signal, shares, onProgress, onTaken, ...patience }: QueuedLoadOptions,
): Promise<LoadResult> {
  const workers = await dispatcher.workers();
  const plans = splitPlan(plan, shares ?? workers.length);
  const told = new Map<number, ShardResult>();
  const ends = await dispatcher.run(
    plans.map((task) => ({ kind: 'load-share', task })),
    {
      signal,
      ...patience,
      together: true,
      onProgress: (index, { worker, soFar }) => {
        onTaken?.(index, worker);
        if (!isOfSchema('load-result', soFar)) return;
        told.set(index, soFar);
        onProgress?.(mergeResults([...told.values()]));
      },
    },
  );
  return mergeResults(ends.map((end, index) => resultOf(end, index, plans)));
}

function resultOf(end: JobEnd, index: number, plans: readonly LoadPlan[]): ShardResult {
  const plan = plans[index];
  if (plan === undefined) throw new KitError('kit', 'expected a plan for every share');
  const name = `share ${index + 1} of ${plans.length}`;
  if (end.state === 'lost') return lostShare(plan, name, end.why);
  const { worker, after, fault, value } = end.answer;
  if (fault !== undefined) throw new KitError(fault.code, `${worker}: ${fault.message}`);
  if (!isOfSchema('load-result', value)) return lostShare(plan, name, `${worker} sent what is no result`);
  if (after === undefined) return value;
  // It ran by itself, after the others: whoever reads the result should know.
  const takeover = `took over from ${after}, which did not finish`;
  const generators = value.generators.map((generator) => ({
    ...generator,
    why: generator.why === undefined ? takeover : `${takeover}; ${generator.why}`.slice(0, 600),
  }));
  return { ...value, generators };
}
