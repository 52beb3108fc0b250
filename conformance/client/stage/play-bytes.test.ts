import { describe, expect, test } from 'vitest';
import { validate } from '../../../schemas/1.0/validate.js';
import { readAll } from '../../wire/reader.js';
import { chunkEvent, completeEvent } from '../scenarios/building-blocks.js';
import type { Answer } from '../scenarios/scenario.js';
import { get, request, target } from './testing/raw-client.js';
import { scenarioOf, staged, streamAnswer } from './testing/staging.js';

const chunk = (id: number): string => `event: content_chunk\nid: ${id}\ndata: {"content":"w${id} ","trace_id":"t"}\n\n`;
const TRACE = 'X-Trace-ID: t';

async function bodyOf(answer: Answer): Promise<readonly string[]> {
  const { url } = await staged(scenarioOf([answer]));
  const { chunks, isWhole } = await get(url, TRACE).ended;
  expect(isWhole).toBe(true);
  return chunks;
}

describe('events', () => {
  test('are one write each, byte for byte', async () => {
    expect(await bodyOf(streamAnswer({ do: 'play', upToId: 2 }, { do: 'end', how: 'eof' }))).toEqual([
      chunk(1),
      chunk(2),
    ]);
  });

  test.each([1, 2, 3])('are cut into writes of %d bytes', async (size) => {
    const steps = [
      { do: 'play', upToId: 2 },
      { do: 'end', how: 'eof' },
    ] as const;
    const chunks = await bodyOf({ kind: 'stream', writing: { chunking: size }, steps });
    expect(chunks.join('')).toBe(chunk(1) + chunk(2));
    expect(new Set(chunks.slice(0, -1).map(({ length }) => length))).toEqual(
      chunk(1).length % size === 0 ? new Set([size]) : new Set([size, chunk(1).length % size]),
    );
  });

  test('are cut between CR and LF', async () => {
    const chunks = await bodyOf({
      kind: 'stream',
      writing: { lineEnd: '\r\n', chunking: 'between-cr-and-lf' },
      steps: [
        { do: 'play', upToId: 1 },
        { do: 'end', how: 'eof' },
      ],
    });
    expect(chunks.join('')).toBe(chunk(1).replaceAll('\n', '\r\n'));
    expect(chunks.slice(1).every((piece) => piece.startsWith('\n'))).toBe(true);
    expect(chunks).toHaveLength(5);
  });

  test('have a byte order mark, and no space, where they are written so', async () => {
    const [first] = await bodyOf({
      kind: 'stream',
      writing: { bom: true, space: false },
      steps: [
        { do: 'play', upToId: 1 },
        { do: 'end', how: 'eof' },
      ],
    });
    expect(first).toBe(`\xef\xbb\xbf${chunk(1).replaceAll(/^(\w+): /gm, '$1:')}`);
  });

  test('of a wanted size have it with a trace id of any length', async () => {
    const big = { ...chunkEvent(1, '{pad}'), blockBytes: 1_000 };
    const answer = streamAnswer({ do: 'play', upToId: 2 }, { do: 'end', how: 'eof' });
    for (const traceId of ['t', 't'.repeat(128)]) {
      const { url } = await staged(scenarioOf([answer], { stream: [big, completeEvent(2)] }));
      const { chunks } = await get(url, `X-Trace-ID: ${traceId}`).ended;
      expect(chunks[0]).toHaveLength(1_000);
    }
  });

  test('and other bytes are sent as they are', async () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0x0d);
    const answer = streamAnswer({ do: 'send', bytes }, { do: 'send', bytes: 'a{trace_id}' }, { do: 'end', how: 'eof' });
    expect(await bodyOf(answer)).toEqual(['\xff\0\r', 'at']);
  });
});

describe('heartbeats', () => {
  const beat = (count: number) => ({ do: 'heartbeats', forMs: 200 * count + 50 }) as const;

  test('declare the parameters, count, and know the newest id', async () => {
    const chunks = await bodyOf(
      streamAnswer({ do: 'heartbeat' }, { do: 'play', upToId: 2 }, { do: 'heartbeat' }, { do: 'end', how: 'eof' }),
    );
    const { events } = readAll([[Buffer.from(chunks.join('')), 0]]);
    const beats = events.filter(({ type }) => type === 'heartbeat').map(({ data }): unknown => JSON.parse(data));
    expect(beats.map((data) => validate('heartbeat', data))).toEqual([[], []]);
    expect(beats).toMatchObject([
      { heartbeat_count: 1, head_id: 0, total_chunks: 0, heartbeat_interval: 0.2, silence_threshold: 0.6 },
      { heartbeat_count: 2, head_id: 2, total_chunks: 2, max_duration: 60, trace_id: 't' },
    ]);
  });

  test('say something else, or nothing, of the parameters where they are told to', async () => {
    const [other = '', bare = ''] = await bodyOf(
      streamAnswer(
        { do: 'heartbeat', declare: { silenceThreshold: 1.5 } },
        { do: 'heartbeat', bare: true },
        { do: 'end', how: 'eof' },
      ),
    );
    expect(other).toContain('"silence_threshold":1.5');
    expect(bare).not.toMatch(/silence_threshold|heartbeat_interval|max_duration/);
    expect(bare).toContain('"head_id":0');
  });

  test('come at the declared interval, or another event in their place', async () => {
    const { url, play } = await staged(
      scenarioOf([
        streamAnswer(beat(3), { ...beat(2), instead: { type: 'x-tick', data: '{}' } }, { do: 'end', how: 'eof' }),
      ]),
    );
    const { chunks } = await get(url).ended;
    expect(chunks.filter((text) => text.startsWith('event: heartbeat'))).toHaveLength(3);
    expect(chunks.slice(3)).toEqual(Array(2).fill('event: x-tick\ndata: {}\n\n'));
    const [connection] = play.close();
    const times = connection?.chunks.map(({ atMs }) => atMs) ?? [];
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(350);
  });
});

describe('the end', () => {
  const ending = (how: 'eof' | 'reset' | 'truncate') =>
    scenarioOf([streamAnswer({ do: 'play', upToId: 1 }, { do: 'wait', ms: 50 }, { do: 'end', how })]);

  test.each([
    ['eof', 'eof', true, undefined],
    ['truncate', 'truncated', false, undefined],
    ['reset', 'reset', false, 'ECONNRESET'],
  ] as const)('%s is what it says', async (how, kind, isWhole, error) => {
    const { url, play } = await staged(ending(how));
    const answer = await get(url, TRACE).ended;
    expect(answer).toMatchObject({ isWhole, error, chunks: [chunk(1)] });
    expect(play.close()).toMatchObject([{ label: 'c1', end: { by: 'kit', kind }, response: { status: 200 } }]);
  });

  test('has no framing where the client speaks HTTP/1.0', async () => {
    const { url } = await staged(ending('eof'));
    const { head, chunks } = await request(`GET ${target(url)} HTTP/1.0`, url, TRACE).ended;
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(chunks).toEqual([chunk(1)]);
  });
});
