/** Has jobs done by workers: hands them out, watches over them, and knows of each what became of it. */
import { randomUUID } from 'node:crypto';
import type { Job as BullJob, Queue } from 'bullmq';
import { KitError } from '../kit-error.js';
import { openQueue } from './bullmq.js';
import { type Job, type JobEnd, type JobProgress, readAnswer, readProgress } from './jobs.js';
import { giveOrder, type Order, withdrawOrder } from './orders.js';
import { presentWorkers } from './presence.js';
import { answered, openRedis, type QueueAddress, type Redis, redisNowMs } from './redis.js';

export interface SubmitOptions {
  readonly signal: AbortSignal;
  /** All begin at the same moment, as soon as each has a worker. */
  readonly together: boolean;
  /** Redis away, no worker left, or nobody answers an order to stop: after this time it is told. Default 15 s. */
  readonly patienceMs?: number;
  readonly onEnd?: (index: number, end: JobEnd) => void;
  readonly onProgress?: (index: number, progress: JobProgress) => void;
}

const POLL_MS = 200;
/** An order lives for 30 s. */
const RENEW_MS = 5000;
/** All workers that are wanted have to take their job in this time. */
const GATHER_MS = 30_000;
/** Between the last one's readiness and the common start: every worker looks for orders more often. */
const LEAD_MS = 1500;
const PATIENCE_MS = 15_000;

/** What is asked of a dispatcher. */
export type Dispatching = Pick<Dispatcher, 'run' | 'workers'>;

/** A queue that answers, with workers to do what is put into it. */
export class Dispatcher {
  private constructor(
    private readonly redis: Redis,
    private readonly queue: Queue,
    private readonly shown: string,
  ) {}

  /** Throws `KitError`: `usage` where BullMQ is not installed, `kit` where Redis does not answer. */
  static async open(address: QueueAddress): Promise<Dispatcher> {
    const redis = await openRedis(address);
    try {
      return new Dispatcher(redis, await openQueue(redis), address.shown);
    } catch (fault) {
      redis.destroy();
      throw fault;
    }
  }

  /** Their names. Throws `KitError` (`kit`) where there is none. */
  async workers(): Promise<readonly string[]> {
    const names = await this.#told(presentWorkers(this.redis));
    if (names.length > 0) return names;
    throw new KitError('kit', `--queue: no worker is at ${this.shown}; start one: conformance worker --queue URL`);
  }

  /**
   * In the order of the jobs. Throws `KitError` (`kit`) where the queue does not take them, or workers for a common start
   * are missing; a queue that is lost later loses jobs.
   */
  async run(jobs: readonly Job[], options: SubmitOptions): Promise<readonly JobEnd[]> {
    const run = randomUUID();
    await this.#told(
      giveOrder(this.redis, run, options.together ? { state: 'gather' } : { state: 'go', startAtMs: 0 }),
    );
    const queued = await this.#told(
      this.queue.addBulk(
        // Twice: a worker that is told to leave hands back what it cannot finish.
        jobs.map(({ kind, task }) => ({ name: kind, data: { run, task }, opts: { attempts: 2 } })),
      ),
    );
    const watch = new Watch(this.redis, this.queue, this.shown, run, queued, options);
    try {
      return await watch.untilAllEnded();
    } finally {
      await this.#forget(run, queued);
    }
  }

  async close(): Promise<void> {
    await this.queue.close().catch(() => undefined);
    this.redis.destroy();
  }

  /** What is still at work looks for its order, finds none, and ends. */
  async #forget(run: string, queued: readonly BullJob[]): Promise<void> {
    await withdrawOrder(this.redis, run).catch(() => undefined);
    await Promise.all(
      queued.map(async (job) => {
        // One that a worker still holds cannot be removed, but what stands in it may be secret.
        await answered(job.remove())
          .catch(() => answered(job.updateData({ run })))
          .catch(() => undefined);
      }),
    );
  }

  async #told<T>(reply: Promise<T>): Promise<T> {
    try {
      return await answered(reply);
    } catch (cause) {
      throw lostQueue(this.shown, cause);
    }
  }
}

function lostQueue(shown: string, cause: unknown): KitError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new KitError('kit', `--queue: Redis at ${shown} no longer answers: ${said}`, { cause });
}

/** One run: looks after its jobs until each has ended. */
class Watch {
  readonly #ends = new Map<number, JobEnd>();
  /** Who has, or had, a job. */
  readonly #holders = new Map<number, string>();
  readonly #startedMs = performance.now();
  #order: Order;
  #renewedMs = performance.now();
  #heardMs = performance.now();
  #staffedMs = performance.now();
  #stoppedMs: number | undefined;
  readonly #patienceMs: number;

  constructor(
    private readonly redis: Redis,
    private readonly queue: Queue,
    private readonly shown: string,
    private readonly run: string,
    private readonly jobs: readonly BullJob[],
    private readonly options: SubmitOptions,
  ) {
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#order = options.together ? { state: 'gather' } : { state: 'go', startAtMs: 0 };
  }

  async untilAllEnded(): Promise<readonly JobEnd[]> {
    for (;;) {
      try {
        await this.#look();
        this.#heardMs = performance.now();
      } catch (fault) {
        if (fault instanceof KitError) throw fault;
        if (performance.now() - this.#heardMs > this.#patienceMs) this.#loseAll(lostQueue(this.shown, fault).message);
      }
      if (this.#ends.size === this.jobs.length) break;
      await pause(POLL_MS, this.#stoppedMs === undefined ? this.options.signal : undefined);
    }
    return this.jobs.map((_, index) => this.#ends.get(index) ?? { state: 'lost', why: 'nothing is known of it' });
  }

  async #look(): Promise<void> {
    await this.#giveOrders();
    const open = this.jobs.map((_, index) => index).filter((index) => !this.#ends.has(index));
    await Promise.all(open.map((index) => this.#lookAt(index)));
    await this.#lookForWorkers();
  }

  async #giveOrders(): Promise<void> {
    const before = this.#order;
    if (this.options.signal.aborted && before.state !== 'stop') {
      this.#order = { state: 'stop' };
      this.#stoppedMs = performance.now();
    } else if (before.state === 'gather') {
      if (this.#holders.size + this.#ends.size === this.jobs.length) {
        this.#order = { state: 'go', startAtMs: (await redisNowMs(this.redis)) + LEAD_MS };
      } else if (performance.now() - this.#startedMs > GATHER_MS) {
        throw this.#tooFew();
      }
    }
    if (this.#order !== before || performance.now() - this.#renewedMs > RENEW_MS) {
      await giveOrder(this.redis, this.run, this.#order);
      this.#renewedMs = performance.now();
    }
  }

  #tooFew(): KitError {
    const ready = this.#holders.size;
    const seconds = GATHER_MS / 1000;
    return new KitError(
      'kit',
      `--queue: expected ${this.jobs.length} free workers, ${ready} came within ${seconds} s; start more, or ask for fewer shares`,
    );
  }

  async #lookAt(index: number): Promise<void> {
    const id = this.jobs[index]?.id;
    const job: BullJob | undefined = id === undefined ? undefined : await answered(this.queue.getJob(id));
    if (job === undefined) {
      this.#end(index, { state: 'lost', why: 'its record is gone from Redis' });
      return;
    }
    const progress = readProgress(job.progress);
    if (progress !== undefined) {
      this.#holders.set(index, progress.worker);
      this.options.onProgress?.(index, progress);
    }
    // BullMQ sets it where a job has completed or failed for good.
    if (job.finishedOn !== undefined && job.finishedOn !== null) this.#end(index, this.#endOf(job, index));
  }

  #endOf(job: BullJob, index: number): JobEnd {
    const answer = readAnswer(job.returnvalue);
    if (answer !== undefined) return { state: 'answered', answer };
    const holder = this.#holders.get(index) ?? 'a worker';
    // BullMQ's own words, where a job was given up after its second worker died.
    const why = /stalled/.test(job.failedReason ?? '')
      ? 'died, as did the one before it'
      : `failed: ${job.failedReason}`;
    return { state: 'lost', why: `${holder} ${why}` };
  }

  async #lookForWorkers(): Promise<void> {
    const now = performance.now();
    if ((await presentWorkers(this.redis)).length > 0) this.#staffedMs = now;
    const nobodyStops = this.#stoppedMs !== undefined && now - this.#stoppedMs > this.#patienceMs;
    const nobodyIsLeft = now - this.#staffedMs > this.#patienceMs;
    for (const index of this.jobs.keys()) {
      if (this.#ends.has(index)) continue;
      const holder = this.#holders.get(index);
      if (this.#stoppedMs !== undefined && holder === undefined) {
        this.#end(index, { state: 'lost', why: 'interrupted before a worker took it' });
      } else if (nobodyStops || nobodyIsLeft) {
        const whose = holder === undefined ? 'no worker took it' : `${holder} went silent`;
        this.#end(index, { state: 'lost', why: nobodyIsLeft ? `${whose}, and no worker is left` : whose });
      }
    }
  }

  #loseAll(why: string): void {
    for (const index of this.jobs.keys()) this.#end(index, { state: 'lost', why });
  }

  #end(index: number, end: JobEnd): void {
    if (this.#ends.has(index)) return;
    this.#ends.set(index, end);
    this.options.onEnd?.(index, end);
  }
}

/** Shorter where the signal comes. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
