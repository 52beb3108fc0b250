/** The engine of the queue: BullMQ, which is installed by those who want a queue. */
import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import { KitError } from '../kit-error.js';
import { PREFIX } from './orders.js';
import type { Redis } from './redis.js';

/** Everything goes through one queue: a worker does one thing at a time. */
const NAME = 'work';
/** Jobs that nobody came for, because their author died, are kept for an hour. */
const KEPT = { age: 3600 };

export async function openQueue(redis: Redis): Promise<Queue> {
  const { Queue } = await load();
  const queue = new Queue(NAME, { connection: redis, prefix: PREFIX });
  // Each command that fails says so itself.
  queue.on('error', () => undefined);
  return queue;
}

/** A job whose worker has been silent for `lostAfterMs` is given to another one, once. */
export async function openWorker(
  redis: Redis,
  work: Processor,
  { name, lostAfterMs }: { readonly name: string; readonly lostAfterMs: number },
): Promise<Worker> {
  const { Worker } = await load();
  const options: WorkerOptions = {
    connection: redis,
    prefix: PREFIX,
    name,
    concurrency: 1,
    lockDuration: lostAfterMs,
    stalledInterval: Math.ceil(lostAfterMs / 2),
    maxStalledCount: 1,
    runRetryDelay: 1000,
    removeOnComplete: KEPT,
    removeOnFail: KEPT,
  };
  return new Worker(NAME, work, options);
}

async function load(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (cause) {
    throw new KitError('usage', '--queue needs BullMQ, which is not installed here: npm install bullmq', { cause });
  }
}
