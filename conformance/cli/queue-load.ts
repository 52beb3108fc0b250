/** The work of `conformance load --queue`: the plan is done by workers, wherever they are. */
import type { LoadPlan, LoadResult } from '../load/types.js';
import { type QueuedLoadOptions, runLoadOnQueue } from '../queue/load-on-queue.js';
import { readQueueAddress } from '../queue/redis.js';
import { Dispatcher } from '../queue/submit.js';

/** Throws `KitError`: `usage` for a wrong address, `kit` where Redis or workers are missing, and what a share throws. */
export async function loadThroughQueue(plan: LoadPlan, queue: string, options: QueuedLoadOptions): Promise<LoadResult> {
  const dispatcher = await Dispatcher.open(readQueueAddress(queue, process.env));
  try {
    return await runLoadOnQueue(dispatcher, plan, options);
  } finally {
    await dispatcher.close();
  }
}
