/** A worker: takes jobs from the queue one by one, does them under the orders of whoever wants them, and answers. */
import type { Job as BullJob } from 'bullmq';
import { KitError } from '../kit-error.js';
import { openWorker } from './bullmq.js';
import { type JobAnswer, type JobKind, readProgress, readQueuedJob } from './jobs.js';
import { readOrder } from './orders.js';
import { endPresence, showPresence } from './presence.js';
import { clockOffsetMs, openRedis, type QueueAddress, type Redis } from './redis.js';

export interface TaskContext {
  /** Comes where the run is stopped, its author is gone, or this worker has to leave. */
  readonly signal: AbortSignal;
  /** When to begin, by the clock of this machine. */
  readonly startAtMs: number;
  /** Name of this worker. */
  readonly name: string;
  /** Tells how far it is; each call replaces the one before. */
  readonly tell: (soFar: unknown) => void;
}

export interface TaskKind {
  /** Throws `KitError` for what its author should know. */
  readonly work: (task: unknown, context: TaskContext) => Promise<unknown>;
  /** What is half done is worth nothing: another worker begins again where this one has to leave. */
  readonly isWhole: boolean;
}

export interface WorkOptions {
  readonly name: string;
  /** A worker silent for so long counts as dead. */
  readonly lostAfterMs: number;
  /** Ends the work in order. */
  readonly signal: AbortSignal;
  readonly onReady?: () => void;
  /** One line about what happens. */
  readonly onNews?: (text: string) => void;
}

const POLL_MS = 250;
/** A job that is told to stop ends in this time, or is given to another worker. */
const CLOSE_MS = 15_000;
/** What it came to is handed over in this time, or Redis is away. */
const LAST_WORD_MS = 2000;

/** Resolves when the signal has come and the last job is answered. Throws `KitError` where there is no queue. */
export async function workForQueue(
  address: QueueAddress,
  tasks: Readonly<Record<JobKind, TaskKind>>,
  options: WorkOptions,
): Promise<void> {
  const redis = await openRedis(address);
  const engine = await openRedis(address, { waits: true });
  try {
    const desk = new Desk(redis, tasks, options);
    const { name, lostAfterMs } = options;
    await showPresence(redis, name, lostAfterMs);
    const worker = await openWorker(engine, (job, _token, lost) => desk.take(job, lost), { name, lostAfterMs });
    worker.on('error', tellOnce(options, address.shown));
    // Somebody else has it by now: done twice it would count twice.
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id);
    });
    const presence = setInterval(() => {
      showPresence(redis, name, lostAfterMs).catch(() => undefined);
    }, lostAfterMs / 3);
    await worker.waitUntilReady();
    options.onReady?.();
    await aborted(options.signal);
    clearInterval(presence);
    await Promise.race([worker.close(), desk.idle().then(() => pause(LAST_WORD_MS)), pause(CLOSE_MS)]);
    await endPresence(redis, name).catch(() => undefined);
  } finally {
    redis.destroy();
    engine.destroy();
  }
}

/** A Redis that is away says so at every attempt: one line is enough until it says something else. */
function tellOnce({ onNews }: WorkOptions, shown: string): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) onNews?.(`Redis at ${shown}: ${message}`);
    last = message;
  };
}

class Desk {
  #current: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly redis: Redis,
    private readonly tasks: Readonly<Record<JobKind, TaskKind>>,
    private readonly options: WorkOptions,
  ) {}

  /** What it rejects with makes BullMQ give the job to another worker, once. */
  take(job: BullJob, lost: AbortSignal | undefined): Promise<JobAnswer> {
    const current = this.#do(job, lost);
    this.#current = current.catch(() => undefined);
    return current;
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    await this.#current;
  }

  async #do(job: BullJob, lost: AbortSignal | undefined): Promise<JobAnswer> {
    const { name, onNews, signal: leave } = this.options;
    const before = readProgress(job.progress)?.worker;
    const who = { worker: name, ...(before === undefined || before === name ? {} : { after: before }) };
    const queued = readQueuedJob(job.data);
    const kind = this.#kindOf(job.name);
    if (queued === undefined || kind === undefined) {
      return { ...who, fault: { code: 'kit', message: `${name} does not know such jobs; is it of the same version?` } };
    }
    const stop = new AbortController();
    const end = (): void => stop.abort();
    for (const signal of [leave, lost]) signal?.addEventListener('abort', end);
    if (leave.aborted) end();
    try {
      await job.updateProgress({ worker: name });
      const startAtMs = await this.#awaitStart(queued.run, stop);
      const watching = this.#watchOrders(queued.run, stop);
      onNews?.(`${job.name} begun${before === undefined ? '' : `, after ${before}`}`);
      try {
        const tell = tellerOf(job, name);
        const value = await kind.work(queued.task, { signal: stop.signal, startAtMs, name, tell });
        if (leave.aborted && kind.isWhole) throw new Error(`${name} had to leave`);
        onNews?.(`${job.name} done`);
        return { ...who, value };
      } finally {
        clearInterval(watching);
      }
    } catch (fault) {
      if (!(fault instanceof KitError)) throw fault;
      onNews?.(`${job.name}: ${fault.message}`);
      return { ...who, fault: { code: fault.code, message: fault.message } };
    } finally {
      for (const signal of [leave, lost]) signal?.removeEventListener('abort', end);
    }
  }

  #kindOf(name: string): TaskKind | undefined {
    return name === 'load-share' || name === 'fleet-target' ? this.tasks[name] : undefined;
  }

  /** By the clock of this machine. Where the run is over, `stop` comes and the task ends as soon as it begins. */
  async #awaitStart(run: string, stop: AbortController): Promise<number> {
    while (!stop.signal.aborted) {
      // Where Redis is away for a moment nothing is known of the run.
      const order = await readOrder(this.redis, run).catch(() => 'unknown' as const);
      if (order === undefined) stop.abort();
      else if (order !== 'unknown' && order.state === 'stop') stop.abort();
      else if (order !== 'unknown' && order.state === 'go') return order.startAtMs - (await clockOffsetMs(this.redis));
      else await pause(POLL_MS);
    }
    return 0;
  }

  #watchOrders(run: string, stop: AbortController): NodeJS.Timeout {
    return setInterval(() => {
      readOrder(this.redis, run).then(
        (order) => {
          if (order === undefined || order.state === 'stop') stop.abort();
        },
        // Redis is away: that says nothing about the run.
        () => undefined,
      );
    }, 4 * POLL_MS);
  }
}

/** At most one message is on its way; what comes meanwhile is replaced by what comes next. */
function tellerOf(job: BullJob, worker: string): (soFar: unknown) => void {
  let isBusy = false;
  return (soFar) => {
    if (isBusy) return;
    isBusy = true;
    job.updateProgress({ worker, soFar }).then(
      () => {
        isBusy = false;
      },
      () => {
        isBusy = false;
      },
    );
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
