/** Which workers are there: each says so again and again, and is forgotten when it no longer does. */
import { PREFIX } from './orders.js';
import { answered, type Redis, redisNowMs } from './redis.js';

const KEY = `${PREFIX}:workers`;

/** `forMs` is how long a worker counts as present without another sign. */
export async function showPresence(redis: Redis, name: string, forMs: number): Promise<void> {
  const now = await redisNowMs(redis);
  await answered(redis.zAdd(KEY, { score: now + forMs, value: name }));
  await answered(redis.zRemRangeByScore(KEY, '-inf', now));
}

export async function endPresence(redis: Redis, name: string): Promise<void> {
  await answered(redis.zRem(KEY, name));
}

/** Their names. */
export async function presentWorkers(redis: Redis): Promise<readonly string[]> {
  return answered(redis.zRangeByScore(KEY, await redisNowMs(redis), '+inf'));
}
