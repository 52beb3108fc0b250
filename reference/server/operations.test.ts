/** Limits, slow readers, shutdown and metrics. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { StreamHandlerOptions } from './stream-server.js';
import { ask, Connection, connect } from './testing/connect.js';
import { Script, type Served, serve } from './testing/serve.js';

let served: Served | undefined;
let script: Script;
const start = async (options: Partial<StreamHandlerOptions> = {}): Promise<Served> => {
  script = new Script();
  served = await serve({ produce: script.produce, ...options });
  return served;
};
afterEach(() => served?.stop());

const metric = async (name: string): Promise<number | undefined> => {
  const text = (await served?.handler.metrics.registry.metrics()) ?? '';
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name} `) || candidate.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

describe('limits', () => {
  it('refuse a client that starts too many streams, and no other', async () => {
    const clientOf: StreamHandlerOptions['clientOf'] = (request) => request.header('x-client') ?? '';
    const { at } = await start({ rateLimit: { burst: 2, perMinute: 1 }, clientOf });
    script.finish();
    const statuses: number[] = [];
    for (const id of ['1', '2', '3', '1']) statuses.push((await connect(at({ stream_id: id }))).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    const refused = await ask(at({ stream_id: '4' }));
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(30);
    expect((await connect(at({ stream_id: '4' }), { headers: { 'x-client': 'another' } })).status).toBe(200);
    expect(script.starts).toBe(3);
  });

  it('bound the streams that run at once', async () => {
    const { at } = await start({ rateLimit: { burst: 100, perMinute: 100, maxStreams: 1 } });
    await connect(at({ stream_id: '1' }));
    const refused = await ask(at({ stream_id: '2' }));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    script.finish();
    await ask(at({ stream_id: '1' }));
    await expect.poll(async () => (await connect(at({ stream_id: '2' }))).status).toBe(200);
  });

  it('bound the readers of a stream', async () => {
    const { at } = await start({ maxReadersPerStream: 4 });
    const url = at({ stream_id: 'r' });
    const [first] = await Promise.all([connect(url), connect(url), connect(url), connect(url)]);
    expect((await ask(url)).status).toBe(429);
    first.close();
    await expect.poll(async () => (await connect(url)).status).toBe(200);
  });
});

describe('a reader that does not read', () => {
  it('is cut without a terminal event, holds nobody up, and can resume', async () => {
    const { at } = await start({ maxBufferedBytes: 256 * 1024 });
    const url = at({ stream_id: 'slow' });
    const answer = request(url, { agent: false }).end();
    const [message] = await once(answer, 'response');
    message.pause();
    const fast = await connect(url);
    const chunks = Array.from({ length: 2000 }, (_, n) => `${n} `.padEnd(8000, 'x'));
    for (let from = 0; from < chunks.length; from += 20) {
      script.push(...chunks.slice(from, from + 20));
      await fast.untilId(from + 20);
    }
    await expect.poll(() => metric('sse_slow_client_disconnects_total')).toBe(1);
    script.finish();
    await fast.ended;
    expect(fast.ids().at(-1)).toBe(2001);

    const slow = new Connection(message);
    message.resume();
    expect(await slow.ended).toBe('cut');
    const last = slow.ids().at(-1) ?? 0;
    expect(last).toBeLessThan(2001);
    expect(slow.events.some(({ event }) => event === 'complete')).toBe(false);
    const rest = await ask(at({ stream_id: 'slow', last_event_id: last }));
    expect([...slow.ids(), ...rest.ids()]).toEqual(fast.ids());
    expect(slow.content() + rest.content()).toBe(chunks.join(''));
  });

  it('gets a long replay at its own pace', async () => {
    const { at } = await start({ maxBufferedBytes: 256 * 1024 });
    script.push(...Array.from({ length: 1500 }, () => 'x'.repeat(8000))).finish();
    const first = await connect(at({ stream_id: 'replay' }));
    await first.ended;
    const [message] = await once(request(at({ stream_id: 'replay' }), { agent: false }).end(), 'response');
    message.pause();
    await expect.poll(() => metric('sse_open_connections')).toBe(1);
    const late = new Connection(message);
    message.resume();
    expect(await late.ended).toBe('end');
    expect(late.ids()).toHaveLength(1501);
  });
});

describe('shutdown', () => {
  it('sends every connection away with a time of its own, and refuses new ones', async () => {
    let drawn = 0;
    const random = (): number => {
      drawn += 0.25;
      return drawn % 1;
    };
    const { at, handler } = await start({ random });
    const url = at({ stream_id: 's' });
    const readers = [await connect(url), await connect(url), await connect(url)];
    await handler.close();
    for (const reader of readers) {
      expect(await reader.ended).toBe('end');
      expect(reader.events.map(({ event }) => event)).toEqual(['heartbeat']);
    }
    expect(readers.map(({ retries }) => retries)).toEqual([[2000], [3000], [4000]]);
    expect(script.signal?.aborted).toBe(true);
    const late = await ask(url);
    expect([late.status, late.headers['retry-after']]).toEqual([503, '1']);
  });

  it('lets running streams end within the time of grace', async () => {
    const { at, handler } = await start();
    await connect(at({ stream_id: 's' }));
    const closed = handler.close(10_000);
    script.push('a').finish();
    await closed;
    expect(await metric('sse_streams_ended_total{type="complete",outcome="done"}')).toBe(1);
  });
});

describe('metrics', () => {
  it('count what happened', async () => {
    const { at } = await start();
    script.push('a').fail(new Error('no'));
    await ask(at({ stream_id: 'm' }));
    await ask(at({ stream_id: 'm', last_event_id: 1 }));
    await ask(at({ stream_id: 'm', last_event_id: 'x' }));
    expect(await metric('sse_streams_started_total')).toBe(1);
    expect(await metric('sse_user_visible_errors_total')).toBe(1);
    expect(await metric('sse_requests_refused_total{code="malformed_cursor"}')).toBe(1);
    expect(await metric('sse_open_connections')).toBe(0);
  });
});
