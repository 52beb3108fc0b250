import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll, WireReader } from './reader.js';
import type { WireLimits, WireReading } from './types.js';
import { decodeUtf8, findInvalidUtf8 } from './utf8.js';

/** Bytes that mean something in the format come often, so that random streams are full of near misses. */
const bytesOfStreams = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(10, 13, 58, 32, 0, 0xef, 0xbb, 0xbf, 0xc3, 0xff, 49) },
      { weight: 3, arbitrary: fc.constantFrom(...['data', 'id', 'event', 'retry', 'datum'].map(bytesOf)) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
    ),
    { maxLength: 120 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 });

const tightLimits = fc.record({
  lineBytes: fc.integer({ min: 0, max: 60 }),
  eventBytes: fc.integer({ min: 0, max: 90 }),
  streamBytes: fc.integer({ min: 0, max: 200 }),
  events: fc.integer({ min: 0, max: 4 }),
});

describe('any bytes', () => {
  test('read the same however they are cut', () => {
    fc.assert(
      fc.property(bytesOfStreams, cuts, fc.option(tightLimits, { nil: {} }), (bytes, at, limits) => {
        const whole = readAll([[bytes, 0]], limits);
        expect(withoutTimes(readAll(chunksOf(bytes, at), limits))).toEqual(withoutTimes(whole));
        expect(withoutTimes(readAll(chunksOf(bytes, [...bytes.keys()]), limits))).toEqual(withoutTimes(whole));
      }),
      { numRuns: 3000 },
    );
  });

  test('account for every byte and stay within the limits', () => {
    fc.assert(
      fc.property(bytesOfStreams, cuts, tightLimits, (bytes, at, limits) => {
        const reading = readAll(chunksOf(bytes, at), limits);
        expect(reading.events.length).toBeLessThanOrEqual(limits.events);
        expect(reading.comments.length).toBeLessThanOrEqual(limits.events);
        expect(reading.stopped || reading.bytes === bytes.length).toBe(true);
        const last = reading.events.at(-1);
        expect(reading.tail?.offset ?? reading.bytes).toBeGreaterThanOrEqual(last?.end ?? 0);
        for (const [index, event] of reading.events.entries()) {
          expect(event.index).toBe(index);
          expect(event.offset).toBeGreaterThanOrEqual(reading.events[index - 1]?.end ?? 0);
          expect(event.end).toBeGreaterThan(event.offset);
          expect(event.startedAtMs).toBeLessThanOrEqual(event.atMs);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('decode as the whole stream would', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const content = bytes.map((byte) => (byte === 10 || byte === 13 ? 0x80 : byte));
        const reading = readAll([[Buffer.concat([Buffer.from('data:x'), content, Buffer.from('\n\n')]), 0]]);
        expect(reading.events[0]?.data).toBe(new TextDecoder().decode(Buffer.concat([Buffer.from('x'), content])));
      }),
    );
  });
});

describe('the standard, read naively', () => {
  test('gives the same events, cursor and reconnection time', () => {
    fc.assert(
      fc.property(bytesOfStreams, (bytes) => {
        const { events, lastEventId, reconnectionTimeMs } = readAll([[bytes, 0]]);
        const dispatched = events.filter((event) => event.dispatched).map(({ type, data }) => ({ type, data }));
        expect({ dispatched, lastEventId, reconnectionTimeMs }).toEqual(interpretNaively(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('utf8', () => {
  test('the first invalid byte is found exactly', () => {
    const mostlyUtf8 = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .tuple(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.uint8Array({ maxLength: 3 }))
        .map(([text, bytes]) => Uint8Array.from([...bytesOf(text), ...bytes])),
    );
    fc.assert(
      fc.property(mostlyUtf8, (bytes) => {
        const at = findInvalidUtf8(bytes);
        expect(at === -1).toBe(isUtf8(bytes));
        expect(isUtf8(bytes.subarray(0, at === -1 ? bytes.length : at))).toBe(true);
        expect(decodeUtf8(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('times', () => {
  test('an event has the arrival of its first and of its last byte', () => {
    const reader = new WireReader();
    expect(reader.push(bytesFrom('data:'), 1)).toEqual([]);
    expect(reader.push(bytesFrom('x\n'), 2)).toEqual([]);
    expect(reader.push(bytesFrom('\n'), 5)).toMatchObject([{ startedAtMs: 1, atMs: 5, data: 'x' }]);
    expect(reader.push(bytesFrom('data:y\n\n'), 7)).toMatchObject([{ startedAtMs: 7, atMs: 7, data: 'y' }]);
  });

  test('a CR at the end of a chunk ends the event at once, and the LF that follows belongs to it', () => {
    const reader = new WireReader();
    const [event] = reader.push(bytesFrom('data:x\r\n\r'), 1);
    expect(event).toMatchObject({ data: 'x', atMs: 1, end: 9 });
    expect(reader.push(bytesFrom('\n'), 9)).toEqual([]);
    expect(event).toMatchObject({ end: 10, atMs: 1 });
    expect(reader.push(bytesFrom('data:y\n\n'), 10)).toMatchObject([{ offset: 10, startedAtMs: 10 }]);
    expect(reader.finish()).toMatchObject({ lineEnds: { lf: 2, cr: 0, crlf: 2 }, tail: null });
  });

  test('a byte order mark that came alone does not start the first event', () => {
    const reader = new WireReader();
    reader.push(Uint8Array.of(0xef, 0xbb), 1);
    reader.push(Uint8Array.of(0xbf), 2);
    expect(reader.push(bytesFrom('data:x\n\n'), 3)).toMatchObject([{ offset: 3, startedAtMs: 3 }]);
  });

  test('the bytes of a chunk may be reused after the push', () => {
    const reader = new WireReader();
    const chunk = Uint8Array.from(bytesOf('data:keep'));
    reader.push(chunk, 0);
    chunk.fill(0x21);
    expect(reader.push(bytesFrom('\n\n'), 0)).toMatchObject([{ data: 'keep' }]);
  });

  test('nothing is taken after the end', () => {
    const reader = new WireReader();
    reader.finish();
    expect(reader.push(bytesFrom('data:x\n\n'), 0)).toEqual([]);
    expect(reader.reading.bytes).toBe(0);
  });
});

describe('limits', () => {
  const cases: readonly [string, Partial<WireLimits>, Partial<WireReading>][] = [
    ['data:12345\n\n', { lineBytes: 10 }, { stopped: false, bytes: 12 }],
    ['data:12345\n\n', { lineBytes: 9 }, { stopped: true, bytes: 9, tail: { offset: 0, length: 9 } }],
    ['data:1\n\ndata:2\n\n', { eventBytes: 8 }, { stopped: false, bytes: 16 }],
    ['data:1\n\ndata:2\n\n', { eventBytes: 7 }, { stopped: true, bytes: 7 }],
    ['data:1\n\ndata:2\n\n', { streamBytes: 16 }, { stopped: false, bytes: 16 }],
    ['data:1\n\ndata:2\n\n', { streamBytes: 15 }, { stopped: true, bytes: 15, tail: { offset: 8, length: 7 } }],
    ['data:1\r\n\r\n', { streamBytes: 9 }, { stopped: true, bytes: 9 }],
    ['data:1\n\ndata:2\n\n', { events: 2 }, { stopped: false }],
    ['data:1\n\ndata:2\n\n', { events: 1 }, { stopped: true, bytes: 15 }],
    [':1\n:2\n', { events: 1 }, { stopped: true, bytes: 5 }],
  ];
  test.each(cases)('%j within %j', (text, limits, expected) => {
    expect(readAll([[bytesFrom(text), 0]], limits)).toMatchObject(expected);
  });

  const codes: readonly [string, Partial<WireLimits>, string, number][] = [
    ['data:1\n\n:123456\n', { lineBytes: 6 }, 'line-too-long', 8],
    ['data:1\n\ndata:2\n:3\n\n', { eventBytes: 9 }, 'event-too-long', 8],
    ['data:1\n\ndata:2\n\n', { streamBytes: 9 }, 'stream-too-long', 9],
    ['data:1\n\ndata:2\n\n', { events: 1 }, 'too-many-events', 15],
  ];
  test.each(codes)('%j within %j tells %s', (text, limits, code, offset) => {
    expect(readAll([[bytesFrom(text), 0]], limits).diagnostics.at(-1)).toMatchObject({ code, offset });
  });

  test('diagnostics are bounded and still tell what stopped the reading', () => {
    const reading = readAll([[Buffer.concat([Buffer.alloc(4000, 'id\n'), Buffer.alloc(30, 'x')]), 0]], {
      lineBytes: 20,
    });
    expect(reading.diagnostics).toHaveLength(1000);
    expect(reading.diagnostics.at(-1)?.code).toBe('line-too-long');
  });

  test('unknown field names of one block are bounded', () => {
    const reading = readAll([[Buffer.concat([Buffer.alloc(2000, 'x\n'), bytesFrom('\n')]), 0]]);
    expect(reading.events[0]?.unknownFields).toHaveLength(32);
  });
});

describe('cost', () => {
  test.each(['\n', '\r', '\r\n', 'a\n', ':\n', 'data\n', 'data\n\n', 'id\n', '\xff\n'])(
    '16 MiB of %j take seconds and bounded memory',
    (line) => {
      const chunk = Buffer.alloc(65_536, line, 'latin1');
      const before = process.memoryUsage().heapUsed;
      const started = process.hrtime.bigint();
      const reader = new WireReader();
      for (let count = 0; count < 256; count++) {
        reader.push(chunk, 0);
      }
      expect(reader.finish().bytes).toBeGreaterThan(0);
      expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(15);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(256 * 1024 * 1024);
    },
    30_000,
  );

  test('a hundred megabytes of events, and two megabytes byte by byte, take seconds', () => {
    const event = bytesFrom(
      `event: content_chunk\nid: 12345\ndata: ${JSON.stringify({ content: 'x'.repeat(200) })}\n\n`,
    );
    const chunk = Buffer.alloc(event.length * 256);
    for (let at = 0; at < chunk.length; at += event.length) {
      chunk.set(event, at);
    }
    const started = process.hrtime.bigint();
    const reader = new WireReader({ streamBytes: 2 ** 30, events: 1e6 });
    let events = 0;
    for (let bytes = 0; bytes < 100e6; bytes += chunk.length) {
      events += reader.push(chunk, 0).length;
    }
    expect(events).toBe(Math.ceil(100e6 / chunk.length) * 256);
    const slow = new WireReader();
    for (let bytes = 0; bytes < 2e6; bytes++) {
      slow.push(Uint8Array.of(0x78), 0);
    }
    expect(slow.reading.bytes).toBe(2e6);
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(30);
  }, 60_000);
});

/** The steps of the WHATWG standard over the whole text at once, word by word and without regard to cost. */
function interpretNaively(bytes: Uint8Array): unknown {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  lines.pop(); // what no line end completes is no line
  const dispatched: { type: string; data: string }[] = [];
  let [data, type, idBuffer, lastEventId] = ['', '', '', ''];
  let reconnectionTimeMs: number | null = null;
  for (const line of lines) {
    if (line === '') {
      lastEventId = idBuffer;
      if (data !== '') {
        dispatched.push({ type: type === '' ? 'message' : type, data: data.replace(/\n$/, '') });
      }
      [data, type] = ['', ''];
      continue;
    }
    const [field, value] = fieldOf(line);
    if (field === 'event') type = value;
    if (field === 'data') data += `${value}\n`;
    if (field === 'id' && !value.includes('\0')) idBuffer = value;
    if (field === 'retry' && /^\d+$/.test(value)) reconnectionTimeMs = Number.parseInt(value, 10);
  }
  return { dispatched, lastEventId, reconnectionTimeMs };
}

function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

function bytesOf(text: string): number[] {
  return [...Buffer.from(text)];
}

function bytesFrom(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Cuts at the given positions; every chunk arrives a millisecond after the one before. */
function chunksOf(bytes: Uint8Array, at: readonly number[]): [Uint8Array, number][] {
  const edges = [...new Set([0, ...at.filter((cut) => cut < bytes.length)])].sort((a, b) => a - b);
  return edges.map((from, index) => [Uint8Array.from(bytes.subarray(from, edges[index + 1])), index]);
}

function withoutTimes(reading: WireReading): unknown {
  return {
    ...reading,
    events: reading.events.map((event) => ({ ...event, atMs: 0, startedAtMs: 0 })),
    comments: reading.comments.map((comment) => ({ ...comment, atMs: 0 })),
  };
}
