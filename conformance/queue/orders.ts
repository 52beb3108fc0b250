/** What whoever started a run tells the workers of it, in one key of Redis that dies with its author. */
import { isRecord } from '../../schemas/1.0/documents.js';
import { answered, type Redis } from './redis.js';

/**
 * - `gather`: take a job and wait, so that all begin together;
 * - `go`: begin at this time, by the clock of Redis, or at once where it is over;
 * - `stop`: end early and tell what there is.
 */
export type Order = { readonly state: 'gather' | 'stop' } | { readonly state: 'go'; readonly startAtMs: number };

/** All keys of the kit begin so. */
export const PREFIX = 'resilient-sse';

/** A run whose author has not been heard of for so long is nobody's. */
const LIFE_MS = 30_000;

export async function giveOrder(redis: Redis, run: string, order: Order): Promise<void> {
  const expiration = { type: 'PX', value: LIFE_MS } as const;
  await answered(redis.set(keyOf(run), JSON.stringify(order), { expiration }));
}

export async function withdrawOrder(redis: Redis, run: string): Promise<void> {
  await answered(redis.del(keyOf(run)));
}

/** Undefined where the run is over, or its author gone. */
export async function readOrder(redis: Redis, run: string): Promise<Order | undefined> {
  const text = await answered(redis.get(keyOf(run)));
  const order: unknown = text === null ? undefined : JSON.parse(text);
  if (!isRecord(order)) return undefined;
  if (order.state === 'go' && typeof order.startAtMs === 'number') return { state: 'go', startAtMs: order.startAtMs };
  return order.state === 'gather' || order.state === 'stop' ? { state: order.state } : undefined;
}

function keyOf(run: string): string {
  return `${PREFIX}:run:${run}`;
}
