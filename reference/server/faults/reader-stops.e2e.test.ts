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
    expect(await fast.ended).toMatchObject({ reason: 'done' });
    fast.expectWhole();

    // A reader that came late waits in its replay, with less in its buffer; whoever was there from the start is cut.
    expect(await replica.metric('sse_slow_client_disconnects_total')).toBeGreaterThan(0);
    expect((await replica.memory()) - before).toBeLessThan(HISTORY_BYTES + 8 * MIB);
    const ends: string[] = [];
    for (const message of slow) {
      const reader = new Connection(message);
      message.resume();
      const end = await reader.ended;
      ends.push(end);
      const seen = reader.ids();
      expect(seen).toEqual(seen.map((_, index) => index + 1));
      expect(reader.ofType('complete')).toHaveLength(end === 'cut' ? 0 : 1);
    }
    expect(ends).toContain('cut');
    await expect.poll(() => replica?.metric('sse_open_connections'), { timeout: 20_000 }).toBe(0);
    const [message] = slow;
    if (!message) throw new Error('no reader');
    const resumed = new Follower([url]);
    await resumed.ended;
    expect(resumed.events).toEqual(fast.events);
  });
});
