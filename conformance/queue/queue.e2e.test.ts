/** Four worker processes on a real Redis: a load and a fleet are done, whoever dies meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { findFreePort } from '../../scripts/testing/free-port.js';
import { needs } from '../../scripts/testing/needs.js';
import { RedisServer } from '../../scripts/testing/redis-server.js';
import { readAnnouncement } from '../cli/reference-announcement.js';
import { referenceServer, type StartedProcess, startProgram } from '../cli/reference-process.js';
import { examplePlan } from '../load/testing/example-plan.js';
import { gradeFleetOnQueue } from './fleet-on-queue.js';
import { runLoadOnQueue } from './load-on-queue.js';
import { readQueueAddress } from './redis.js';
import { Dispatcher } from './submit.js';
import { WorkerProcess } from './testing/worker-process.js';

const need = needs('redis-server');
const password = 'not-to-be-seen';
const never = new AbortController().signal;
/** Shorter than anybody would choose, so that the test does not wait for long. */
const lostAfterSeconds = 3;

describe.skipIf(!need.met)(`a queue${need.met ? '' : ` (${need.skip})`}`, () => {
  let redis: RedisServer;
  let server: StartedProcess;
  let url: string;
  let dispatcher: Dispatcher;
  let workers: readonly WorkerProcess[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start({ durable: false, password });
    const started = ['a', 'b', 'c', 'd'].map((name) => WorkerProcess.start(redis.url, name, lostAfterSeconds));
    server = await startProgram(referenceServer, { args: ['--port', '0', '--fast'], showLog: false });
    url = readAnnouncement(server.announcement).url;
    workers = await Promise.all(started);
    dispatcher = await Dispatcher.open(readQueueAddress(redis.url, {}));
  });
  afterAll(async () => {
    await dispatcher?.close();
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await Promise.all([server?.stop(), redis?.remove()]);
  });

  const workerOf = (name: string): WorkerProcess => {
    const found = workers.find((worker) => worker.name === name);
    if (found === undefined) throw new Error(`no worker is called ${name}`);
    return found;
  };

  it('does a load, and gives the share of a worker that is killed to another', async () => {
    const plan = examplePlan({ target: url, streams: 6, durationMs: 60_000, cutRate: 0.2 });
    const enough = new AbortController();
    let victim: string | undefined;
    const result = await runLoadOnQueue(dispatcher, plan, {
      signal: enough.signal,
      // One worker is left to take over while the others are still at work.
      shares: 3,
      onProgress: ({ generators }) => {
        const holders = generators.map(({ name }) => name.split(',')[0] ?? '');
        if (holders.length < 3) return;
        if (victim === undefined) {
          [victim = ''] = holders;
          workerOf(victim).kill();
        } else if (!holders.includes(victim)) {
          enough.abort();
        }
      },
    });
    expect(isOfSchema('load-result', result)).toBe(true);
    const { generators, counts, findings } = result;
    expect(generators.map(({ streams, outcome }) => ({ streams, outcome }))).toEqual(
      Array.from({ length: 3 }, () => ({ streams: 2, outcome: 'interrupted' })),
    );
    expect(generators.filter(({ name }) => name.startsWith(`${victim},`))).toEqual([]);
    expect(generators.flatMap(({ why = [] }) => why)).toContain(`took over from ${victim}, which did not finish`);
    expect(counts.streamsStarted).toBeGreaterThanOrEqual(6);
    expect(counts.streamsStarted).toBe(counts.streamsCompleted + counts.streamsFailed + counts.streamsLeft);
    // A busy machine may be late, and loses nothing.
    const untimed = findings.filter(({ kind }) => !/late|exceeded/.test(kind));
    expect([counts.lost, counts.duplicates, untimed]).toEqual([0, 0, []]);
  });

  it('grades a fleet, and names who graded', async () => {
    const only = ['HTTP-001', 'HTTP-002'];
    const members = [
      { name: 'one', target: { url, only } },
      { name: 'two', target: { url, only } },
      { name: 'nobody', target: { url: 'http://127.0.0.1:9/stream' } },
      { name: 'secret', target: { url, headers: { Authorization: '$HOME' } } },
    ];
    const graded = await gradeFleetOnQueue(dispatcher, members, { signal: never });
    const told = graded.map((one) => [one.member.name, one.graded.exitCode, one.graded.report?.grade]);
    expect(told).toEqual([
      ['one', 0, expect.any(String)],
      ['two', 0, expect.any(String)],
      ['nobody', 4, undefined],
      ['secret', 2, undefined],
    ]);
    const names = workers.map(({ name }) => name);
    expect(graded.filter((one) => !names.includes(one.graded.worker ?? ''))).toEqual([]);
  });

  it('tells what is lost because no worker is left', async () => {
    const graded = await gradeFleetOnQueue(dispatcher, [{ name: 'one', target: { url } }], {
      signal: never,
      patienceMs: 500,
      onTaken: () => {
        for (const worker of workers) worker.kill();
      },
    });
    expect(graded.map((one) => one.graded)).toEqual([
      { exitCode: 3, problem: expect.stringMatching(/^[a-d] went silent, and no worker is left$/) },
    ]);
    expect(workers.flatMap(({ lines }) => lines).join()).not.toContain(password);
  });

  it('says so where it has no worker', async () => {
    await expect(dispatcher.workers()).rejects.toThrow(
      `--queue: no worker is at redis://127.0.0.1:${redis.port}; start one`,
    );
  });

  it('that goes away loses what is not graded, and neither the fleet nor the worker hangs or shouts', async () => {
    const worker = await WorkerProcess.start(redis.url, 'late', lostAfterSeconds);
    let gone: Promise<void> | undefined;
    const [one] = await gradeFleetOnQueue(dispatcher, [{ name: 'one', target: { url } }], {
      signal: never,
      patienceMs: 500,
      onTaken: () => {
        gone ??= redis.kill();
      },
    });
    await gone;
    expect(one?.graded.exitCode).toBe(3);
    expect(one?.graded.problem).toContain(`--queue: Redis at redis://127.0.0.1:${redis.port} no longer answers: `);
    expect(worker.lines.length).toBeLessThan(10);
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  it('that is not there is one clear line, without the password', async () => {
    const port = await findFreePort();
    const opened = Dispatcher.open(readQueueAddress(`redis://:${password}@127.0.0.1:${port}`, {}));
    await expect(opened).rejects.toMatchObject({
      code: 'kit',
      message: `--queue: expected Redis at redis://127.0.0.1:${port}, got: connect ECONNREFUSED 127.0.0.1:${port}. Start it, or check the address`,
    });
  });
});
