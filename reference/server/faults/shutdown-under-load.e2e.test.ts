/** A replica is told to go while it writes many streams: its readers read on elsewhere. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../../scripts/testing/needs.js';
import { RedisServer } from '../../../scripts/testing/redis-server.js';
import { Follower } from '../testing/follower.js';
import { Replica } from '../testing/replica.js';

const need = needs('redis-server');
const STREAMS = 50;

describe.skipIf(!need.met)(need.met ? 'SIGTERM under load' : need.skip, () => {
  let redis: RedisServer;
  const toStop: Replica[] = [];
  beforeEach(async () => {
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(toStop.splice(0).map((replica) => replica.stop('SIGKILL')));
    await redis.remove();
  });

  it.each([
    ['60000', { reason: 'done' }],
    ['0', { code: 'server_shutdown', retryable: true }],
  ])('with %s ms of grace ends every stream once', async (graceMs, expectedEnd) => {
    const args = ['--redis', redis.url, '--heartbeat', '0.5', '--silence', '1.5', '--chunk-delay', '20'];
    const [leaving, staying] = await Promise.all([Replica.start([...args, '--grace', graceMs]), Replica.start(args)]);
    toStop.push(leaving, staying);
    const before = await staying.memory();
    const followers = Array.from({ length: STREAMS }, (_, n) => {
      const stream_id = `load-${graceMs}-${n}`;
      return new Follower([leaving.at('create', { stream_id }), staying.at('create', { stream_id })]);
    });
    await Promise.all(followers.map((follower) => follower.until(10)));
    expect(await leaving.stop('SIGTERM')).toEqual([0, null]);
    for (const follower of followers) {
      expect(await follower.ended).toMatchObject(expectedEnd);
      follower.expectWhole();
      expect(follower.connections).toBeGreaterThan(1);
    }
    expect(await staying.metric('sse_streams_started_total')).toBe(0);
    await expect.poll(() => staying.metric('sse_open_connections')).toBe(0);
    expect((await staying.memory()) - before).toBeLessThan(8 * 1024 * 1024);
  });
});
