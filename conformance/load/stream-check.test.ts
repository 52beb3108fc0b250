import { describe, expect, it } from 'vitest';
import { type Step, StreamCheck } from './stream-check.js';
import { noCounts } from './tally.js';
import type { FindingKind } from './types.js';

const TRACE = 't-1';

/** A stream under check, and what was found. */
function start(remembers = true) {
  const counts = { ...noCounts };
  const found: [FindingKind, number | undefined][] = [];
  const check = new StreamCheck({ counts, find: (kind, eventId) => found.push([kind, eventId]) }, TRACE, remembers);
  check.begin(0);
  const take = (type: string, id: number | string | null, members: object = {}): Step => {
    const data = JSON.stringify({ trace_id: TRACE, ...members });
    return check.take({ type, id: id === null ? null : String(id), data, dataBytes: data.length });
  };
  const chunks = (...ids: number[]): Step | undefined =>
    ids.map((id) => take('content_chunk', id, { seq: id, content: `${id} ` })).at(-1);
  return { check, counts, found, take, chunks };
}

describe('StreamCheck', () => {
  it('finds nothing in a stream that is right, cut and resumed in every way', () => {
    const { check, counts, found, take, chunks } = start();
    take('heartbeat', null, { head_id: 0 });
    chunks(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    check.begin(12);
    chunks(13, 14);
    check.begin(check.overlapCursor());
    expect(check.isReplaying).toBe(true);
    chunks(7, 8, 9, 10, 11, 12, 13, 14);
    expect(check.isReplaying).toBe(false);
    check.begin(0);
    chunks(...Array.from({ length: 15 }, (_, nth) => nth + 1));
    expect(take('complete', 16, { seq: 16, reason: 'done', total_chunks: 15 })).toBe('terminal');
    expect(found).toEqual([]);
    expect(counts).toMatchObject({ eventsReceived: 16, eventsUnique: 16, eventsReplayed: 22, duplicates: 0, lost: 0 });
  });

  it('names a loss after one resumption', () => {
    const { check, counts, found, chunks } = start();
    expect(chunks(1, 2, 5, 6)).toBe('gap');
    expect(check.mark).toBe(2);
    check.begin(2);
    expect(chunks(5, 6)).toBe('lost');
    expect(found).toEqual([['lost', 3]]);
    expect(counts).toMatchObject({ lost: 2, eventsUnique: 2, duplicates: 0 });
  });

  it('names a gap that a resumption fills', () => {
    const { check, counts, found, take, chunks } = start();
    chunks(1, 3);
    expect(take('heartbeat', null, { head_id: 3 })).toBe('gap');
    check.begin(1);
    chunks(2, 3);
    expect(found).toEqual([['gap', 2]]);
    expect(counts).toMatchObject({ lost: 0, eventsReceived: 3, eventsUnique: 3 });
  });

  it('names a loss before the terminal event', () => {
    const { check, found, take, chunks } = start();
    chunks(1);
    expect(take('complete', 3, { reason: 'done' })).toBe('gap');
    check.begin(1);
    expect(take('complete', 3, { reason: 'done' })).toBe('lost');
    expect(found).toEqual([['lost', 2]]);
  });

  it('names a swap, and takes both events in', () => {
    const { counts, found, take, chunks } = start();
    expect(chunks(1, 3, 2, 4)).toBe('go-on');
    take('complete', 5, { reason: 'done', total_chunks: 4 });
    expect(found).toEqual([['order', 3]]);
    expect(counts).toMatchObject({ eventsReceived: 5, eventsUnique: 5, duplicates: 0, lost: 0 });
  });

  it('names a duplicate', () => {
    const { counts, found, chunks } = start();
    chunks(1, 2, 2, 3);
    expect(found).toEqual([['duplicate', 2]]);
    expect(counts).toMatchObject({ eventsReceived: 4, eventsUnique: 3, duplicates: 1 });
  });

  it('names a replay that differs: of the newest events, and of those long gone', () => {
    const { check, found, take, chunks } = start();
    chunks(1, 2, 3);
    check.begin(0);
    chunks(1);
    take('content_chunk', 2, { content: 'other', seq: 2 });
    chunks(3);
    expect(found).toEqual([
      ['replay-differs', 2],
      ['replay-differs', 3],
    ]);
    const long = start();
    long.chunks(...Array.from({ length: 20 }, (_, nth) => nth + 1));
    long.check.begin(0);
    long.take('content_chunk', 1, { content: 'other', seq: 1 });
    long.chunks(...Array.from({ length: 19 }, (_, nth) => nth + 2));
    expect(long.found).toEqual([['replay-differs', 20]]);
  });

  it.each<[FindingKind, (one: ReturnType<typeof start>) => void]>([
    ['gap', ({ check, chunks }) => [chunks(1, 2, 3), check.begin(0), chunks(1, 3)]],
    ['id-malformed', ({ take }) => take('content_chunk', '07')],
    ['id-missing', ({ take }) => take('content_chunk', null)],
    ['heartbeat-with-id', ({ take }) => take('heartbeat', 1, { head_id: 0 })],
    ['head-id-wrong', ({ take, chunks }) => [chunks(1, 2), take('heartbeat', null, { head_id: 1 })]],
    ['sequence-differs', ({ take }) => take('content_chunk', 1, { seq: 2 })],
    ['foreign-trace', ({ take }) => take('content_chunk', 1, { trace_id: 't-2' })],
    ['after-terminal', ({ take }) => [take('complete', 1, { total_chunks: 0 }), take('content_chunk', 2)]],
    ['total-wrong', ({ take, chunks }) => [chunks(1), take('complete', 2, { total_chunks: 7 })]],
    ['event-too-long', ({ take }) => take('content_chunk', 1, { content: 'x'.repeat(70_000) })],
    ['data-malformed', ({ check }) => check.take({ type: 'content_chunk', id: '1', data: '[]', dataBytes: 2 })],
  ])('names %s', (kind, provoke) => {
    const one = start(false);
    provoke(one);
    expect(one.found.map(([found]) => found)).toEqual([kind]);
  });

  it('hears a refusal in band', () => {
    const { check, take } = start();
    expect(take('error', null, { code: 'replay_gap' })).toBe('refused');
    expect(check.refusal).toMatchObject({ code: 'replay_gap' });
  });
});
