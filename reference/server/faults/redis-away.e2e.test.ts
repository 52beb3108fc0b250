/** Redis goes away and comes back: streams wait for it, and readers notice a pause at most. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../../scripts/testing/needs.js';
import { RedisServer } from '../../../scripts/testing/redis-server.js';
import { ask } from '../testing/connect.js';
import { Follower } from '../testing/follower.js';
import { Replica } from '../testing/replica.js';

const need = needs('redis-server');
const ABSENCE_MS = 3000;

describe.skipIf(!need.met)(need.met ? 'Redis' : need.skip, () => {
  let redis: RedisServer;
  let replicas: Replica[];
  beforeEach(async () => {
    redis = await RedisServer.start();
    const args = ['--redis', redis.url, '--heartbeat', '0.2', '--silence', '0.6', '--chunk-delay', '20'];
    replicas = await Promise.all([Replica.start(args), Replica.start(args)]);
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
    await redis.remove();
  });

  it.each([
    ['restarts', async () => redis.kill('SIGTERM').then(() => redis.start())],
    [
      'is killed and comes back after 3 s',
      async () => {
        await redis.kill();
        const refused = await ask(replicas[0]?.at('long', { stream_id: 'meanwhile' }) ?? '');
        expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
        await setTimeout(ABSENCE_MS);
        await redis.start();
      },
    ],
    [
      'freezes for 3 s',
      async () => {
        redis.signal('SIGSTOP');
        await setTimeout(ABSENCE_MS);
        redis.signal('SIGCONT');
      },
    ],
  ])('%s', async (_name, trouble) => {
    const urls = replicas.map((replica) => replica.at('long', { stream_id: 'away' }));
    const [here, there] = urls;
    if (!here || !there) throw new Error('two replicas');
    const before = await Promise.all(replicas.map((replica) => replica.memory()));
    const first = new Follower([here]);
    await first.until(1);
    const followers = [first, ...[here, there, here, there].map((url) => new Follower([url]))];
    await first.until(50);
    await trouble();
    // A second start of the same generation would show: another replica, asked for the stream, joins it.
    followers.push(new Follower([there, here]));

    for (const end of await Promise.all(followers.map(({ ended }) => ended))) {
      expect(end).toMatchObject({ reason: 'done', total_chunks: first.events.length - 1 });
    }
    for (const follower of followers) {
      follower.expectWhole();
      expect(follower.events).toEqual(first.events);
    }
    // Who was connected stayed connected: heartbeats do not need Redis.
    expect(followers.slice(0, 5).map(({ connections }) => connections)).toEqual([1, 1, 1, 1, 1]);
    const started = await Promise.all(replicas.map((replica) => replica.metric('sse_streams_started_total')));
    expect(started.sort()).toEqual([0, 1]);
    const after = await Promise.all(replicas.map((replica) => replica.memory()));
    for (const [index, bytes] of after.entries()) expect(bytes - (before[index] ?? 0)).toBeLessThan(8 * 1024 * 1024);
  });
});
