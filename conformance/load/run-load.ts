/** Runs a load plan on the cores of this machine: a share of it on each thread, and their results added up. */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { KitError } from '../kit-error.js';
import { lostShare, mergeResults } from './merge-results.js';
import type { ShardNews, ShardOrder } from './shard-worker.js';
import { splitPlan } from './split-plan.js';
import type { LoadPlan, LoadResult, ShardOptions, ShardResult } from './types.js';

export interface LoadOptions extends ShardOptions {
  /** How many threads make the load. */
  readonly threads: number;
}

/** Threads need this long to start; then they begin together. */
const START_MS = 400;
const PROGRESS_MS = 1000;

/** Rejects with a `KitError`, as `runShard` does. A thread that dies is a lost share in the result. */
export async function runLoad(plan: LoadPlan, options: LoadOptions): Promise<LoadResult> {
  const { threads, onProgress } = options;
  const startAtMs = options.startAtMs ?? Date.now() + START_MS;
  const shares = splitPlan(plan, threads);
  const soFar = new Map<LoadPlan, ShardResult>();
  const timer = setInterval(() => {
    if (soFar.size > 0) onProgress?.(mergeResults([...soFar.values()]));
  }, PROGRESS_MS);
  try {
    const running = shares.map((share, nth) => {
      const name = `${options.name ?? hostname()}, thread ${nth + 1} of ${shares.length}`;
      return runThread({ plan: share, startAtMs, name }, options.signal, (result) => soFar.set(share, result));
    });
    return mergeResults(await Promise.all(running));
  } finally {
    clearInterval(timer);
  }
}

function runThread(
  order: ShardOrder,
  signal: AbortSignal | undefined,
  onProgress: (result: ShardResult) => void,
): Promise<ShardResult> {
  const worker = new Worker(workerFile(), { workerData: order });
  const stop = () => worker.postMessage('stop');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  return new Promise<ShardResult>((resolve, reject) => {
    const lose = (why: string) => resolve(lostShare(order.plan, order.name, why));
    worker.on('message', (news: ShardNews) => {
      if (news.kind === 'fault') reject(new KitError(news.code, news.message));
      else if (news.kind === 'progress') onProgress(news.result);
      else resolve(news.result);
    });
    worker.once('error', (error: Error) => lose(`its thread failed: ${error.message}`));
    worker.once('exit', (code) => lose(`its thread ended with code ${code} and without a result`));
  }).finally(() => signal?.removeEventListener('abort', stop));
}

/** Run from its sources, as tests do, the kit takes the compiled thread. */
function workerFile(): string {
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith('.ts')) return packageFile('dist', 'conformance', 'load', 'shard-worker.js');
  return fileURLToPath(new URL('./shard-worker.js', import.meta.url));
}
