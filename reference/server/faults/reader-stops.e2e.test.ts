/** Readers that stop reading: each costs its buffer at most, and nobody else waits for them. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from '../testing/connect.js';
import { Follower } from '../testing/follower.js';
import { Replica } from '../testing/replica.js';

const MIB = 1024 * 1024;
const READERS = 20;
/** What the occasion `flood` keeps as history. */
const HISTORY_BYTES = 13 * MIB;

describe('readers that stop reading', () => {
  let replica: Replica | undefined;
  afterEach(() => replica?.stop('SIGKILL'));

  it('are cut, and resume where they were', async () => {
    replica = await Replica.start(['--heartbeat', '0.2', '--silence', '0.6']);
    const url = replica.at('flood', { stream_id: 'stopped' });
    const before = await replica.memory();
    const fast = new Follower([url]);
    const slow = await Promise.all(
      Array.from({ length: READERS }, async (): Promise<IncomingMessage> => {
        const [message] = await once(request(url, { agent: false }).end(), 'response');
        return message.pause();
      }),
    );
    await expect.poll(() => replica?.metric('sse_slow_client_disconnects_total'), { timeout: 30_000 }).toBe(READERS);
    expect(await fast.ended).toMatchObject({ reason: 'done' });
    fast.expectWhole();
    expect(fast.connections).toBe(1);

    await expect.poll(() => replica?.metric('sse_open_connections')).toBe(0);
    expect((await replica.memory()) - before).toBeLessThan(HISTORY_BYTES + 8 * MIB);
    for (const message of slow) {
      const cut = new Connection(message);
      message.resume();
      expect(await cut.ended).toBe('cut');
      const seen = cut.ids();
      expect(seen).toEqual(seen.map((_, index) => index + 1));
      expect(cut.ofType('complete')).toEqual([]);
    }
    const [message] = slow;
    if (!message) throw new Error('no reader');
    const resumed = new Follower([url]);
    await resumed.ended;
    expect(resumed.events).toEqual(fast.events);
  });
});
