import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../wire/reader.js';
import { LeanReader } from './lean-reader.js';

interface Read {
  readonly events: readonly { type: string; data: string; id: string | null; dataBytes: number }[];
  readonly retryMs: number | null;
}

function readLean(chunks: readonly Uint8Array[]): Read {
  const events: { type: string; data: string; id: string | null; dataBytes: number }[] = [];
  let retryMs: number | null = null;
  const reader = new LeanReader({
    onEvent: (event) => events.push({ ...event }) > 0,
    onRetry: (ms) => {
      retryMs = ms;
    },
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return { events, retryMs };
}

/** What the oracle says, and the id of a block as a client has it: the last one without NUL. */
function readOracle(bytes: Uint8Array): Pick<Read, 'retryMs'> & { readonly events: readonly object[] } {
  const reading = readAll([[bytes, 0]]);
  return {
    events: reading.events.filter(({ dispatched }) => dispatched).map(({ type, data }) => ({ type, data })),
    retryMs: reading.reconnectionTimeMs,
  };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('data: x', 'data:', 'data', 'event: content_chunk', 'event:heartbeat', 'event: other'),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'id: 7',
      'id:8',
      'id',
      'id: a\0b',
      'retry: 250',
      'retry: 2s',
      ': comment',
      'dat: no',
      'events: no',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'data:  two',
      'data: {"é":"✓"}',
      'data: \ufeff',
      ' data: no',
      'eventdata: no',
      'data : no',
    ),
  },
);
const lineEnd = fc.constantFrom('\n', '\n', '\n\n', '\r', '\r\n', '\r\n\r\n', '\r\r');
const text = fc
  .array(fc.tuple(piece, lineEnd), { maxLength: 30 })
  .map((lines) => new TextEncoder().encode(lines.flat().join('')));
const bytes = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 2, arbitrary: text.map((one) => Uint8Array.from([0xef, 0xbb, 0xbf, ...one])) },
  { weight: 1, arbitrary: text.map((one) => Uint8Array.from([0xef, 0xbb, ...one])) },
);

describe('LeanReader', () => {
  it('reads what the kit reads otherwise, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(2000), { maxLength: 12 }), (stream, cuts) => {
        const lean = readLean(cut(stream, cuts));
        expect({ ...lean, events: lean.events.map(({ type, data }) => ({ type, data })) }).toEqual(readOracle(stream));
        expect(readLean([stream])).toEqual(lean);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives each event its own id', () => {
    const stream = new TextEncoder().encode(
      'id: 1\ndata: a\n\ndata: b\n\nid: 2\nid: x\0y\ndata: c\n\nid:\ndata: d\n\n',
    );
    expect(readLean([stream]).events.map(({ id }) => id)).toEqual(['1', null, '2', '']);
  });

  it('stops at a line that never ends, and when it was told to', () => {
    const reader = new LeanReader({ onEvent: () => true, onRetry: () => undefined });
    const flood = Buffer.alloc(64 * 1024, 'x');
    const taken = Array.from({ length: 40 }, () => reader.push(flood));
    expect(taken.indexOf(false)).toBe(32);
    let seen = 0;
    const sated = new LeanReader({
      onEvent: () => {
        seen += 1;
        return false;
      },
      onRetry: () => undefined,
    });
    expect(sated.push(Buffer.from('data: a\n\ndata: b\n\n'))).toBe(false);
    expect(seen).toBe(1);
  });
});
