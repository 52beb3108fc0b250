/** A stream from its creation to its terminal event, over real sockets. */
import { afterEach, describe, expect, it } from 'vitest';
import { type SchemaName, validate } from '../../schemas/1.0/index.js';
import type { StreamHandlerOptions } from './stream-server.js';
import { ask, connect } from './testing/connect.js';
import { Script, type Served, serve } from './testing/serve.js';
import { GenerationError } from './types.js';

let served: Served | undefined;
let script: Script;
const start = async (options: Partial<StreamHandlerOptions> = {}): Promise<Served> => {
  script = new Script();
  served = await serve({ produce: script.produce, ...options });
  return served;
};
afterEach(() => served?.stop());

describe('a stream', () => {
  it('carries headers, a heartbeat, the chunks and the end', async () => {
    const { at } = await start();
    script.push('Tides ', { content: 'rise.', tokens: 2 }).finish({ sources: ['almanac'] });
    const reader = await ask(at({ stream_id: 'one' }));
    expect(reader.status).toBe(200);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-stream-id': 'one',
      'x-stream-max-seconds': '30',
      'x-heartbeat-interval': '0.2',
      'x-silence-threshold': '0.6',
      'x-stream-protocol': '1.0',
      'x-replay-retention': '60',
    });
    const traceId = reader.headers['x-trace-id'];
    expect(reader.events.map(({ event, id }) => [event, id])).toEqual([
      ['heartbeat', undefined],
      ['content_chunk', '1'],
      ['content_chunk', '2'],
      ['complete', '3'],
    ]);
    expect(reader.ofType('content_chunk')).toEqual([
      { content: 'Tides ', trace_id: traceId, seq: 1 },
      { content: 'rise.', tokens: 2, trace_id: traceId, seq: 2 },
    ]);
    expect(reader.ofType('complete')).toEqual([
      {
        reason: 'done',
        sources: ['almanac'],
        duration: expect.any(Number),
        total_chunks: 2,
        trace_id: traceId,
        seq: 3,
      },
    ]);
    expect(await reader.ended).toBe('end');
  });

  it('sends data that its schemas accept', async () => {
    const { at } = await start();
    script.push('a').finish({ reason: 'length' });
    const schemas: Readonly<Record<string, SchemaName>> = {
      heartbeat: 'heartbeat',
      content_chunk: 'content-chunk',
      complete: 'complete',
    };
    const { events } = await ask(at({ stream_id: 'schemas' }));
    expect(events).toHaveLength(3);
    for (const { event = '', data } of events) {
      const schema = schemas[event];
      expect(schema).toBeDefined();
      if (schema) expect(validate(schema, JSON.parse(data))).toEqual([]);
    }
  });

  it('cannot be made to forge fields or events', async () => {
    const { at } = await start();
    const hostile = 'x\r\nevent: complete\rid: 9\n\ndata: {}\n\n\0\u2028\ud800';
    script.push({ content: hostile, trace_id: 'forged', seq: 77, nested: { 'a\nb': '\r' } }).finish();
    const reader = await ask(at({ stream_id: 'injection' }));
    expect(reader.ids()).toEqual([1, 2]);
    expect(reader.text).not.toMatch(/[\r\0]|\ufeff/);
    expect(reader.ofType('content_chunk')).toMatchObject([
      { content: hostile, trace_id: reader.headers['x-trace-id'], seq: 1 },
    ]);
  });

  it('splits what is longer than an event, and loses no character', async () => {
    const { at } = await start();
    const content = `${'👩‍🚀\u0001"'.repeat(30_000)}end`;
    script.push({ content, model: 'm' }).finish();
    const reader = await ask(at({ stream_id: 'big' }));
    expect(reader.content() === content).toBe(true);
    const blocks = reader.text.split('\n\n').map((block) => Buffer.byteLength(block) + 2);
    expect(Math.max(...blocks)).toBeLessThanOrEqual(65_536);
    expect(reader.ofType('content_chunk').filter(({ model }) => model === 'm')).toHaveLength(1);
    expect(reader.ofType('complete')).toMatchObject([{ total_chunks: reader.ids().length - 1 }]);
  });

  it('goes on without readers, and is generated once', async () => {
    const { at } = await start();
    script.push('a', 'b');
    const first = await connect(at({ stream_id: 'alone' }));
    await first.untilId(2);
    first.close();
    await first.ended;
    script.push('c').finish();
    const again = await ask(at({ stream_id: 'alone' }));
    expect(again.content()).toBe('abc');
    expect(script.starts).toBe(1);
  });

  it('beats at a fixed rate while content flows and while it does not', async () => {
    const { at } = await start({ heartbeatInterval: 0.05, silenceThreshold: 0.15 });
    const reader = await connect(at({ stream_id: 'pulse' }));
    for (const count of [1, 2, 3, 4]) {
      await reader.until(({ event }) => event === 'heartbeat' && reader.ofType('heartbeat').length >= count);
      script.push(`${count} `);
      await reader.untilId(count);
    }
    const beats = reader.ofType('heartbeat');
    expect(beats.map(({ heartbeat_count }) => heartbeat_count)).toEqual(beats.map((_, index) => index + 1));
    expect(beats.at(0)).toMatchObject({ head_id: 0, total_chunks: 0, stream_id: 'pulse', max_duration: 30 });
    expect(beats.at(3)).toMatchObject({ head_id: 3, total_chunks: 3 });
    const [early, late] = [Number(beats[0]?.remaining_seconds), Number(beats[3]?.remaining_seconds)];
    expect(early - late).toBeGreaterThan(0.1);
  });
});

describe('the end of a stream', () => {
  it('comes at the cap, whatever the generator does', async () => {
    const { at } = await start({ maxSeconds: 0.3 });
    script.push('a');
    const reader = await ask(at({ stream_id: 'cap' }));
    const [complete] = reader.ofType('complete');
    expect(complete).toMatchObject({ reason: 'duration_cap', total_chunks: 1, seq: 2 });
    expect(complete?.duration).toBeGreaterThanOrEqual(0.3);
    expect(script.signal?.aborted).toBe(true);
  });

  it('comes at the cap even if the generator never waits', async () => {
    const forever = async function* (): AsyncGenerator<string> {
      for (;;) yield 'x';
    };
    const { at } = await start({ maxSeconds: 0.2, produce: forever });
    const reader = await connect(at({ stream_id: 'greedy' }));
    reader.message.resume();
    await reader.ended;
    const last = await ask(at({ stream_id: 'greedy', last_event_id: reader.ids().at(-1) ?? 0 }));
    expect([200, 204]).toContain(last.status);
    expect([...reader.events, ...last.events].at(-1)).toMatchObject({ event: 'complete' });
  });

  it('is an error in band when the generator fails, and says no more than it may', async () => {
    const { at } = await start();
    script.push('a').fail(new Error('password=hunter2'));
    const reader = await ask(at({ stream_id: 'fails' }));
    expect(reader.ofType('error')).toEqual([
      {
        code: 'generation_failed',
        message: 'The generation failed.',
        retryable: true,
        trace_id: reader.headers['x-trace-id'],
        seq: 2,
      },
    ]);
    expect(reader.text).not.toContain('hunter2');
  });

  it('tells what the generator wants told', async () => {
    const { at } = await start();
    script.fail(new GenerationError('quota_used_up', 'Your quota is used up.', false));
    const reader = await ask(at({ stream_id: 'quota' }));
    expect(reader.ofType('error')).toMatchObject([
      { code: 'quota_used_up', message: 'Your quota is used up.', retryable: false },
    ]);
  });

  it.each([
    ['a chunk that JSON cannot hold', { content: 'a', big: 1n }],
    ['members that leave no room', { content: 'a', big: 'x'.repeat(70_000) }],
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: what an untyped caller might do
    ['no content', {} as { content: string }],
  ])('is an error for %s', async (_name, chunk) => {
    const { at } = await start();
    script.push(chunk).finish();
    const reader = await ask(at({ stream_id: 'broken' }));
    expect(reader.ofType('error')).toMatchObject([{ code: 'generation_failed' }]);
  });

  it('never takes a reason that is the server’s own to give', async () => {
    const { at } = await start();
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: what an untyped caller might do
    script.finish({ reason: 'duration_cap' as 'done' });
    const reader = await ask(at({ stream_id: 'reason' }));
    expect(reader.ofType('complete')).toEqual([]);
    expect(reader.ofType('error')).toHaveLength(1);
  });

  it('is the same for every reader, and DELETE brings it about', async () => {
    const { at } = await start();
    script.push('a', 'b');
    const url = at({ stream_id: 'cancel' });
    const readers = await Promise.all([connect(url), connect(url), connect(url)]);
    await Promise.all(readers.map((reader) => reader.untilId(2)));
    expect((await ask(url, { method: 'DELETE' })).status).toBe(204);
    await Promise.all(readers.map((reader) => reader.ended));
    const ends = readers.map((reader) => reader.events.at(-1));
    expect(ends[0]).toMatchObject({ event: 'complete', id: '3' });
    expect(new Set(ends.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(readers[0]?.ofType('complete')).toMatchObject([{ reason: 'cancelled', total_chunks: 2 }]);
    expect(script.signal?.aborted).toBe(true);
    expect((await ask(url, { method: 'DELETE' })).status).toBe(204);
    expect((await ask(at({ stream_id: 'cancel', last_event_id: 3 }))).status).toBe(204);
  });
});
