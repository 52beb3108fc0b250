/** The reference server as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, connect, parseObject } from './testing/connect.js';
import { Replica } from './testing/replica.js';

const main = new URL('main.ts', import.meta.url).pathname;
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

async function run(...args: string[]): Promise<Replica> {
  const replica = await Replica.start(args);
  child = replica.child;
  return replica;
}

describe('the process', () => {
  it('says where it is, streams a text within its cap, and knows its occasions', async () => {
    const { url, occasions } = await run('--fast');
    const at = (occasion: string, id: string): string => `${occasions[occasion]}&stream_id=${id}`;
    expect(Object.keys(occasions).sort()).toEqual(
      ['cap', 'conflict', 'create', 'error', 'evicted', 'flood', 'injection', 'limit', 'long'].sort(),
    );
    const [plain, cap, error, long, evicted, injection] = await Promise.all([
      ask(`${url}&stream_id=plain`),
      ask(at('cap', 'cap')),
      ask(at('error', 'error')),
      ask(at('long', 'long')),
      ask(at('evicted', 'evicted')),
      ask(at('injection', 'injection')),
    ]);
    expect(plain.ofType('complete')).toMatchObject([{ reason: 'done' }]);
    expect(plain.content().split(' ').length).toBeGreaterThan(190);
    const duration = Number(plain.ofType('complete')[0]?.duration);
    expect(duration).toBeGreaterThan(1.4);
    expect(duration).toBeLessThan(2.7);
    expect(cap.ofType('complete')).toMatchObject([{ reason: 'duration_cap' }]);
    expect(error.ofType('error')).toMatchObject([{ retryable: true }]);
    expect(long.ofType('complete')).toMatchObject([{ reason: 'done' }]);
    expect(long.ids().length).toBeGreaterThan(150);
    expect(evicted.ofType('complete')).toHaveLength(1);
    expect((await ask(`${at('evicted', 'evicted')}&last_event_id=1`)).ofType('error')).toMatchObject([
      { code: 'replay_gap' },
    ]);
    expect(injection.ofType('complete')).toHaveLength(1);
    expect(injection.text).not.toMatch(/[\r\0]/);
    expect(injection.content()).toContain('\r\nevent: forged\r');
    expect((await ask(at('conflict', 'plain'))).status).toBe(409);
    const statuses: number[] = [];
    for (const id of ['1', '2', '3', '4']) statuses.push((await connect(at('limit', id))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await ask(`${url}&occasion=nonsense`)).status).toBe(400);
  });

  it('reports its health and its metrics, and logs streams with their trace ids', async () => {
    const { url, logs } = await run('--fast', '--log-level', 'info');
    await ask(`${url}&stream_id=logged`, { headers: { 'x-trace-id': 'my-trace' } });
    expect(parseObject((await ask(new URL('/healthz', url))).text)).toEqual({ status: 'ok' });
    expect((await ask(new URL('/metrics', url))).text).toContain('sse_streams_started_total 1');
    expect((await ask(new URL('/elsewhere', url))).status).toBe(404);
    expect((await ask(`${new URL(url).origin}//elsewhere?x`)).status).toBe(404);
    await expect
      .poll(() => logs.map((line) => parseObject(line)))
      .toMatchObject([
        { msg: 'stream started', trace_id: 'my-trace', stream_id: 'logged' },
        { msg: 'stream ended', trace_id: 'my-trace', stream_id: 'logged', outcome: 'done' },
      ]);
  });

  it('lets in whoever has a token', async () => {
    const { url } = await run('--fast', '--tokens', 'one,two');
    const as = (token: string): Promise<{ status: number }> =>
      connect(`${url}&stream_id=t`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask(url)).status).toBe(401);
    expect([(await as('one')).status, (await as('two')).status, (await as('three')).status]).toEqual([200, 200, 403]);
  });

  it('sends its readers away on SIGTERM and leaves', async () => {
    const { occasions } = await run('--heartbeat', '0.1', '--silence', '0.3', '--cap', '60', '--chunk-delay', '5');
    const readers = await Promise.all(['1', '2', '3'].map((id) => connect(`${occasions.cap}&stream_id=${id}`)));
    await Promise.all(readers.map((reader) => reader.untilId(2)));
    const exited = child && once(child, 'exit');
    child?.kill('SIGTERM');
    for (const reader of readers) {
      expect(await reader.ended).toBe('end');
      expect(reader.retries).toHaveLength(1);
      expect(reader.ofType('complete')).toEqual([]);
      expect(reader.ofType('error')).toEqual([]);
    }
    expect(await exited).toEqual([0, null]);
  });

  it('says in a line what is wrong with its configuration', async () => {
    const wrong = spawn(process.execPath, ['--import', 'tsx', main, '--heartbeat', '20', '--silence', '60']);
    child = wrong;
    let said = '';
    wrong.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    expect(await once(wrong, 'exit')).toEqual([2, null]);
    expect(said).toBe('HEARTBEAT_INTERVAL must be a number from 0.05 to 15, not 20\n');
    await expect(run('--redis', 'redis:nowhere', '--log-level', 'silent')).rejects.toThrow('must be like redis://');
  });
});
