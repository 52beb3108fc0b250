/** A thread that runs one share of a load plan and tells its parent what comes of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { KitError, type KitErrorCode } from '../kit-error.js';
import { runShard } from './run-shard.js';
import type { LoadPlan, ShardResult } from './types.js';

/** What the thread is started with. */
export interface ShardOrder {
  readonly plan: LoadPlan;
  readonly startAtMs: number;
  readonly name: string;
}

/** What it says. */
export type ShardNews =
  | { readonly kind: 'progress' | 'result'; readonly result: ShardResult }
  | { readonly kind: 'fault'; readonly code: KitErrorCode; readonly message: string };

async function run({ plan, startAtMs, name }: ShardOrder): Promise<void> {
  const controller = new AbortController();
  // Whatever the parent says, it means stop.
  parentPort?.once('message', () => controller.abort());
  const tell = (news: ShardNews) => parentPort?.postMessage(news);
  try {
    const result = await runShard(plan, {
      startAtMs,
      name,
      signal: controller.signal,
      onProgress: (soFar) => tell({ kind: 'progress', result: soFar }),
    });
    tell({ kind: 'result', result });
  } catch (fault) {
    const code = fault instanceof KitError ? fault.code : 'kit';
    tell({ kind: 'fault', code, message: fault instanceof Error ? fault.message : String(fault) });
  } finally {
    parentPort?.close();
  }
}

const order: ShardOrder = workerData;
await run(order);
