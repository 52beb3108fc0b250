/** The replica that writes a stream is killed: the stream is read on elsewhere, and gets one end. */
import { afterEach, describe, expect, it } from 'vitest';
import { needs } from '../../../scripts/testing/needs.js';
import { RedisServer } from '../../../scripts/testing/redis-server.js';
import { Follower } from '../testing/follower.js';
import { Replica } from '../testing/replica.js';

const need = needs('redis-server');

describe.skipIf(!need.met)(need.met ? 'a replica that is killed' : need.skip, () => {
  const toStop: Replica[] = [];
  let redis: RedisServer | undefined;
  afterEach(async () => {
    await Promise.all(toStop.splice(0).map((replica) => replica.stop('SIGKILL')));
    await redis?.remove();
  });

  it('leaves a stream that every reader reads to the same end', async () => {
    redis = await RedisServer.start();
    const args = ['--redis', redis.url, '--lease', '2', '--heartbeat', '0.2', '--silence', '0.6', '--chunk-delay', '5'];
    const replicas = await Promise.all([Replica.start(args), Replica.start(args), Replica.start(args)]);
    toStop.push(...replicas);
    const [writer, second, third] = replicas;
    const [atWriter, atSecond, atThird] = replicas.map((replica) => replica.at('cap', { stream_id: 'killed' }));
    if (!writer || !second || !third || !atWriter || !atSecond || !atThird) throw new Error('three replicas');
    const before = await second.memory();

    const first = new Follower([atWriter, atSecond]);
    await first.until(1);
    const followers = [
      first,
      ...Array.from({ length: 5 }, () => new Follower([atWriter, atThird])),
      ...Array.from({ length: 5 }, () => new Follower([atSecond])),
      ...Array.from({ length: 5 }, () => new Follower([atThird])),
    ];
    await Promise.all(followers.map((follower) => follower.until(100)));
    await writer.stop('SIGKILL');

    const ends = await Promise.all(followers.map(({ ended }) => ended));
    expect(ends[0]).toMatchObject({ code: 'generation_failed', retryable: true });
    for (const follower of followers) {
      follower.expectWhole();
      expect(follower.events).toEqual(first.events);
    }
    const errors = await Promise.all([second, third].map((one) => one.metric('sse_user_visible_errors_total')));
    expect(errors.sort()).toEqual([0, 1]);
    // Whoever comes later finds the same stream, at its end.
    const late = new Follower([atSecond]);
    await late.ended;
    expect(late.events).toEqual(first.events);
    await expect.poll(() => second.metric('sse_open_connections')).toBe(0);
    expect((await second.memory()) - before).toBeLessThan(8 * 1024 * 1024);
  });
});
