/** A thousand readers vanish at once: the stream goes on for the one that stays, and nothing of them is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../testing/connect.js';
import { Follower } from '../testing/follower.js';
import { Replica } from '../testing/replica.js';

const READERS = 1000;
const crowdFile = new URL('../testing/crowd.ts', import.meta.url).pathname;

describe('a thousand readers that vanish', () => {
  let replica: Replica | undefined;
  afterEach(() => replica?.stop('SIGKILL'));

  it('leave nothing behind', async () => {
    replica = await Replica.start(['--heartbeat', '0.5', '--silence', '1.5', '--cap', '110', '--chunk-delay', '20'], {
      MAX_READERS_PER_STREAM: String(READERS * 2),
    });
    const url = replica.at('cap', { stream_id: 'crowded' });
    const staying = new Follower([url]);
    await staying.until(1);
    const grown: number[] = [];
    // The first crowd warms the server up: what it leaves is what a thousand connections cost once.
    for (let round = 0; round < 3; round += 1) {
      await comeAndVanish(replica, url);
      grown.push(await replica.memory());
    }
    await ask(url, { method: 'DELETE' });
    expect(await staying.ended).toMatchObject({ reason: 'cancelled' });
    staying.expectWhole();
    expect(staying.connections).toBe(1);
    const [first = 0, , last = 0] = grown;
    expect(last - first).toBeLessThan(4 * 1024 * 1024);
  });
});

async function comeAndVanish(replica: Replica, url: URL): Promise<void> {
  const crowd = spawn(process.execPath, ['--import', 'tsx', crowdFile, String(url), String(READERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(crowd.stdout, 'data');
  expect(await replica.metric('sse_open_connections')).toBe(READERS + 1);
  crowd.kill('SIGKILL');
  await once(crowd, 'exit');
  await expect.poll(() => replica.metric('sse_open_connections'), { timeout: 20_000 }).toBe(1);
}
