/** Workers in this process, with tasks of the test's own: common starts, orders, faults, and work that is handed back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../scripts/testing/needs.js';
import { RedisServer } from '../../scripts/testing/redis-server.js';
import { KitError } from '../kit-error.js';
import type { JobEnd, JobKind } from './jobs.js';
import { openRedis, type QueueAddress, readQueueAddress } from './redis.js';
import { Dispatcher } from './submit.js';
import { type TaskContext, type TaskKind, workForQueue } from './work.js';

const need = needs('redis-server');
const never = new AbortController().signal;

describe.skipIf(!need.met)(`workers${need.met ? '' : ` (${need.skip})`}`, () => {
  let redis: RedisServer;
  let address: QueueAddress;
  let dispatcher: Dispatcher;
  let database = 0;
  let leave: AbortController[] = [];
  let working: Promise<void>[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start({ durable: false, password: 'secret' });
  });
  afterAll(() => redis?.remove());

  // A database, and so a queue, for each test.
  beforeEach(async () => {
    address = readQueueAddress(`${redis.url}/${database}`, {});
    database += 1;
    dispatcher = await Dispatcher.open(address);
  });
  afterEach(async () => {
    for (const worker of leave) worker.abort();
    await Promise.all(working);
    await dispatcher.close();
    [leave, working] = [[], []];
  });

  type Work = TaskKind['work'];

  /** Resolves when the worker is ready. `work` does tasks of both kinds. */
  function hire(name: string, work: Work): Promise<AbortController> {
    const stop = new AbortController();
    const tasks: Readonly<Record<JobKind, TaskKind>> = {
      'load-share': { isWhole: false, work },
      'fleet-target': { isWhole: true, work },
    };
    leave.push(stop);
    return new Promise((resolve, reject) => {
      const onReady = (): void => resolve(stop);
      const options = { name, lostAfterMs: 30_000, signal: stop.signal, onReady };
      working.push(workForQueue(address, tasks, options).catch(reject));
    });
  }

  const answerOf = (end: JobEnd | undefined): unknown => (end?.state === 'answered' ? end.answer : end);
  const untilStopped = ({ signal }: TaskContext): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });

  it('begin together, at a moment that lies ahead', async () => {
    const work: Work = async (_, { startAtMs }) => startAtMs;
    await Promise.all(['a', 'b', 'c'].map((name) => hire(name, work)));
    const jobs = [1, 2, 3].map((task) => ({ kind: 'load-share' as const, task }));
    const beganAtMs = Date.now();
    const ends = await dispatcher.run(jobs, { signal: never, together: true });
    const values = ends.map((end) => Object(answerOf(end)));
    expect(values.map(({ worker }) => worker).sort()).toEqual(['a', 'b', 'c']);
    const starts: number[] = values.map(({ value }) => value);
    // Each compares its clock with that of Redis, to half a round trip, which a busy machine makes long.
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(3000);
    expect(Math.min(...starts)).toBeGreaterThan(beganAtMs);
  });

  it('answer with faults that their author should know, by their code', async () => {
    await hire('a', () => Promise.reject(new KitError('unreachable', 'no such host')));
    const [end] = await dispatcher.run([{ kind: 'load-share', task: 1 }], { signal: never, together: false });
    expect(answerOf(end)).toEqual({ worker: 'a', fault: { code: 'unreachable', message: 'no such host' } });
  });

  it('try what failed for another reason once more, and then it is lost', async () => {
    let times = 0;
    await hire('a', () => {
      times += 1;
      return Promise.reject(new Error('out of memory'));
    });
    const [end] = await dispatcher.run([{ kind: 'load-share', task: 1 }], { signal: never, together: false });
    expect(end).toEqual({ state: 'lost', why: 'a failed: out of memory' });
    expect(times).toBe(2);
  });

  it('hand back what is worth nothing when half done, if they have to leave', async () => {
    const first = await hire('a', async (_, context) => {
      context.tell('begun');
      await untilStopped(context);
    });
    const run = dispatcher.run([{ kind: 'fleet-target', task: 1 }], {
      signal: never,
      together: false,
      onProgress: (_, { worker, soFar }) => {
        if (worker === 'a' && soFar === 'begun' && !first.signal.aborted) {
          first.abort();
          hire('b', async () => 'done').catch(() => undefined);
        }
      },
    });
    expect((await run).map(answerOf)).toEqual([{ worker: 'b', after: 'a', value: 'done' }]);
  });

  it('end early when the run is stopped, and what nobody took is told', async () => {
    await hire('a', async (_, context) => {
      context.tell('begun');
      await untilStopped(context);
      return 'so far';
    });
    const stop = new AbortController();
    const jobs = [1, 2].map((task) => ({ kind: 'load-share' as const, task }));
    const ends = await dispatcher.run(jobs, {
      signal: stop.signal,
      together: false,
      onProgress: (_, { soFar }) => {
        if (soFar === 'begun') stop.abort();
      },
    });
    const told = ends.map((end) => (end.state === 'answered' ? end.answer.value : end.why)).sort();
    expect(told[0]).toBe('interrupted before a worker took it');
    expect(told[1]).toBe('so far');
  });

  it('leave no job and no secret behind in Redis, also where one does not stop', async () => {
    let finish: (value: string) => void = () => undefined;
    await hire('a', (task) =>
      task === 'quick' ? Promise.resolve('done') : new Promise((resolve) => (finish = resolve)),
    );
    const client = await openRedis(address);
    const keys = async () => (await client.keys('resilient-sse:work:*')).filter((key) => /:\d+$/.test(key));
    await dispatcher.run([{ kind: 'load-share', task: 'quick' }], { signal: never, together: false });
    expect(await keys()).toEqual([]);

    const stop = new AbortController();
    const jobs = [{ kind: 'load-share' as const, task: 'a secret' }];
    const onProgress = (): void => stop.abort();
    const ends = await dispatcher.run(jobs, { signal: stop.signal, together: false, patienceMs: 200, onProgress });
    expect(ends).toEqual([{ state: 'lost', why: 'a went silent' }]);
    const [left = ''] = await keys();
    expect(await client.hGet(left, 'data')).not.toContain('secret');
    client.destroy();
    finish('at last');
  });
});
