/** Cursors, replay and the seam between replay and live. */
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.js';
import type { StreamHandlerOptions } from './stream-server.js';
import { ask, type Connection, connect } from './testing/connect.js';
import { Script, type Served, serve } from './testing/serve.js';

let served: Served | undefined;
let script: Script;
const start = async (options: Partial<StreamHandlerOptions> = {}): Promise<Served> => {
  script = new Script();
  served = await serve({ produce: script.produce, ...options });
  return served;
};
afterEach(() => served?.stop());

const words = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n} `);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('a cursor', () => {
  it('is taken from the header, from the query, and from the header where both are', async () => {
    const { at } = await start();
    script.push(...words(5)).finish();
    const all = await ask(at({ stream_id: 'r' }));
    expect(all.ids()).toEqual(range(1, 6));
    const header = await ask(at({ stream_id: 'r' }), { headers: { 'last-event-id': '3' } });
    const query = await ask(at({ stream_id: 'r', last_event_id: 3 }));
    const both = await ask(at({ stream_id: 'r', last_event_id: 1 }), { headers: { 'last-event-id': '3' } });
    const empty = await ask(at({ stream_id: 'r', last_event_id: 3 }), { headers: { 'last-event-id': '' } });
    const tail = all.events.filter(({ id }) => Number(id) > 3);
    expect(tail).toHaveLength(3);
    for (const reader of [header, query, both, empty]) {
      expect(reader.events[0]?.event).toBe('heartbeat');
      expect(reader.events.slice(1)).toEqual(tail);
      expect(reader.headers['x-trace-id']).toBe(all.headers['x-trace-id']);
    }
    const zero = await ask(at({ stream_id: 'r' }), { headers: { 'last-event-id': '0' } });
    expect(zero.ids()).toEqual(range(1, 6));
  });

  it.each(['abc', '-1', '1.5', '01', '00', '+1', '1e3', ' ', '9007199254740992', '1 2', '0x10', '１', '1'.repeat(500)])(
    'of the form %j is answered with 400',
    async (cursor) => {
      const { at } = await start();
      const reader = await ask(at({ stream_id: 'm', last_event_id: cursor }));
      expect(reader.status).toBe(400);
      expect(reader.headers['content-type']).toBe('application/problem+json');
      expect(script.starts).toBe(0);
    },
  );

  it('given twice is answered with 400', async () => {
    const { url } = await start();
    const twice = new URL(`${url}&stream_id=m&last_event_id=1&last_event_id=1`);
    expect((await ask(twice)).status).toBe(400);
    expect((await ask(url, { headers: { 'last-event-id': ['1', '1'] } })).status).toBe(400);
  });

  it('above the head, or of an unknown stream, is refused in band', async () => {
    const { at } = await start();
    script.push('a');
    const first = await connect(at({ stream_id: 'u' }));
    await first.untilId(1);
    for (const url of [at({ stream_id: 'u', last_event_id: 2 }), at({ stream_id: 'nobody', last_event_id: 5 })]) {
      const refused = await ask(url);
      expect(refused.status).toBe(200);
      expect(refused.headers['content-type']).toContain('text/event-stream');
      expect(refused.events).toHaveLength(1);
      expect(refused.events[0]).toMatchObject({ event: 'error', id: undefined });
      expect(refused.ofType('error')).toMatchObject([
        { code: 'unknown_cursor', trace_id: refused.headers['x-trace-id'] },
      ]);
    }
    expect(script.starts).toBe(1);
  });

  it('before the history is refused in band, with what is left', async () => {
    const { at } = await start({ store: new MemoryStore({ maxBytesPerStream: 1000 }) });
    script.push(...words(50)).finish();
    await ask(at({ stream_id: 'g' }));
    for (const parameters of [{ stream_id: 'g', last_event_id: 1 }, { stream_id: 'g' }]) {
      const refused = await ask(at(parameters));
      expect(refused.events).toHaveLength(1);
      const [error] = refused.ofType('error');
      expect(error).toMatchObject({ code: 'replay_gap', requested: 'last_event_id' in parameters ? 1 : 0 });
      const earliest = Number(error?.earliest_available);
      const rest = await ask(at({ stream_id: 'g', last_event_id: earliest - 1 }));
      expect(rest.ids()).toEqual(range(earliest, 51));
    }
  });

  it('at the terminal event is answered with 204, just below it with the terminal event', async () => {
    const { at } = await start();
    script.push(...words(3)).finish();
    await ask(at({ stream_id: 'e' }));
    const end = await ask(at({ stream_id: 'e', last_event_id: 4 }));
    expect([end.status, end.text, await end.ended]).toEqual([204, '', 'end']);
    expect((await ask(at({ stream_id: 'e', last_event_id: 3 }))).ids()).toEqual([4]);
    expect((await ask(at({ stream_id: 'e', last_event_id: 5 }))).ofType('error')).toHaveLength(1);
  });
});

describe('replay', () => {
  it('has no limit and goes on live', async () => {
    const { at } = await start();
    script.push(...words(500));
    const first = await connect(at({ stream_id: 'long' }));
    await first.untilId(500);
    const second = await connect(at({ stream_id: 'long', last_event_id: 100 }));
    await second.untilId(500);
    script.push(...words(5)).finish();
    await Promise.all([first.ended, second.ended]);
    expect(second.ids()).toEqual(range(101, 506));
  });

  it('has no gap and no double at its seam with live, wherever readers come in', async () => {
    const { at } = await start();
    script.push('a');
    const first = await connect(at({ stream_id: 'seam' }));
    await first.untilId(1);
    const joining: Promise<{ reader: Connection; seen: number }>[] = [];
    for (let n = 0; n < 40; n += 1) {
      script.push(...words(7));
      const seen = first.ids().at(-1) ?? 0;
      joining.push(connect(at({ stream_id: 'seam', last_event_id: seen })).then((reader) => ({ reader, seen })));
      await new Promise((resolve) => setImmediate(resolve));
    }
    script.finish();
    const last = 1 + 40 * 7 + 1;
    await first.ended;
    for (const { reader, seen } of await Promise.all(joining)) {
      if (reader.status === 204) continue;
      await reader.ended;
      expect(reader.ids()).toEqual(range(seen + 1, last));
    }
  });

  it('is possible until the time of retention is over', async () => {
    const store = new MemoryStore({ retention: 0.05 });
    const { at } = await start({ store });
    script.push('a').finish();
    await ask(at({ stream_id: 'old' }));
    await expect.poll(() => store.find('/old')).toBeUndefined();
    const late = await ask(at({ stream_id: 'old', last_event_id: 1 }));
    expect(late.ofType('error')).toMatchObject([{ code: 'unknown_cursor' }]);
  });
});
