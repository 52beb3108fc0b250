/** What a load makes of what became of its shares; the queue itself is played. */
import { describe, expect, it } from 'vitest';
import { lostShare } from '../load/merge-results.js';
import { examplePlan } from '../load/testing/example-plan.js';
import type { LoadPlan, ShardResult } from '../load/types.js';
import type { JobEnd } from './jobs.js';
import { runLoadOnQueue } from './load-on-queue.js';
import type { Dispatching } from './submit.js';

const signal = new AbortController().signal;
const plan = examplePlan({ streams: 5 });

/** What a worker would send. */
function resultOf(task: LoadPlan, name: string): ShardResult {
  const result = lostShare(task, name, '');
  const [generator] = result.generators;
  if (generator === undefined) throw new Error('expected a generator');
  const { why: _, ...rest } = generator;
  return {
    ...result,
    counts: { ...result.counts, streamsStarted: task.streams },
    generators: [{ ...rest, outcome: 'whole' }],
  };
}

/** Jobs end as told, by their number; those that are not told of are done by worker `w`. */
function played(told: Readonly<Record<number, (task: LoadPlan) => JobEnd>>, workers = ['a', 'b']): Dispatching {
  return {
    workers: async () => workers,
    run: async (jobs) =>
      jobs.map(({ task }, index) => {
        const share: LoadPlan = Object(task);
        return told[index]?.(share) ?? { state: 'answered', answer: { worker: 'w', value: resultOf(share, 'w') } };
      }),
  };
}

describe('a load on a queue', () => {
  it('has a share for each worker, and adds up', async () => {
    const result = await runLoadOnQueue(played({}), plan, { signal });
    expect(result.generators.map(({ streams }) => streams)).toEqual([3, 2]);
    expect(result.counts.streamsStarted).toBe(5);
  });

  it('has as many shares as it is told', async () => {
    expect((await runLoadOnQueue(played({}), plan, { signal, shares: 5 })).generators).toHaveLength(5);
  });

  it('reports what is lost, with its streams and the reason', async () => {
    const lost = (): JobEnd => ({ state: 'lost', why: 'b went silent' });
    const result = await runLoadOnQueue(played({ 1: lost }), plan, { signal });
    expect(result.generators[1]).toMatchObject({
      name: 'share 2 of 2',
      outcome: 'lost',
      streams: 2,
      why: 'b went silent',
    });
    expect(result.counts.streamsStarted).toBe(3);
  });

  it('says who took over from whom', async () => {
    const late = (task: LoadPlan): JobEnd => ({
      state: 'answered',
      answer: { worker: 'a', after: 'b', value: resultOf(task, 'a') },
    });
    const result = await runLoadOnQueue(played({ 1: late }), plan, { signal });
    expect(result.generators.map(({ name, why }) => [name, why])).toEqual([
      ['w', undefined],
      ['a', 'took over from b, which did not finish'],
    ]);
  });

  it('takes what is no result for a lost share', async () => {
    const wrong = (): JobEnd => ({ state: 'answered', answer: { worker: 'a', value: { counts: {} } } });
    const result = await runLoadOnQueue(played({ 0: wrong }), plan, { signal });
    expect(result.generators[0]).toMatchObject({ outcome: 'lost', why: 'a sent what is no result' });
  });

  it('ends with the fault of a share, by its code', async () => {
    const fault = (): JobEnd => ({
      state: 'answered',
      answer: { worker: 'a', fault: { code: 'unreachable', message: 'no such host' } },
    });
    await expect(runLoadOnQueue(played({ 0: fault }), plan, { signal })).rejects.toMatchObject({
      code: 'unreachable',
      message: 'a: no such host',
    });
  });
});
