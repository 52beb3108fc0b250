import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  eventText,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import type { RecordedConnection } from '../../evidence/types.js';
import { kindsOf } from './testing/verdicts.js';

const whole: RecordedConnection = connection({
  sse: [
    [20, heartbeatText()],
    [100, chunkText(1)],
    [200, chunkText(2)],
    [300, completeText(3)],
  ],
});

const ask = (label: string, cursor: number | undefined, literal: ConnectionLiteral): RecordedConnection =>
  connection({
    label,
    sentAtMs: 500,
    ...(cursor === undefined ? {} : { requestHeaders: { 'Last-Event-ID': String(cursor) } }),
    ...literal,
  });

const refused = (code: string, more: Readonly<Record<string, unknown>> = {}) =>
  [[510, eventText('error', { code, message: 'no', retryable: true, trace_id: 't', ...more })]] as const;

describe('history', () => {
  it('that is still kept shows no eviction', () => {
    const kept = ask('evicted', 1, { sse: [[520, heartbeatText() + chunkText(2) + completeText(3)]] });
    expect(kindsOf('REPLAY-012', scenario('evicted', [whole, kept]))).toEqual([]);
    const gone = ask('evicted', 1, { sse: refused('replay_gap', { requested: 1, earliest_available: 3 }) });
    expect(kindsOf('REPLAY-012', scenario('evicted', [whole, gone]))).toEqual(['right']);
  });

  const gap = (label: string, cursor: number, requested: number, earliest: number) =>
    ask(label, cursor, { sse: refused('replay_gap', { requested, earliest_available: earliest }) });
  const served = (label: string, cursor: number, from: number) =>
    ask(label, cursor, { sse: [[520, heartbeatText() + chunkText(from)]] });

  it('is refused with the cursor that was asked for', () => {
    expect(kindsOf('REPLAY-012', scenario('evicted', [whole, gap('evicted', 1, 2, 3)]))).toEqual(['wrong']);
  });

  it('begins where the refusal says', () => {
    const evicted = (...more: RecordedConnection[]) => scenario('evicted', [whole, gap('evicted', 1, 1, 4), ...more]);
    expect(kindsOf('REPLAY-012', evicted(served('evicted-rest', 3, 4), gap('evicted-below', 2, 2, 4)))).toEqual([
      'right',
    ]);
    expect(kindsOf('REPLAY-012', evicted(gap('evicted-rest', 3, 3, 4)))).toContain('wrong');
    expect(kindsOf('REPLAY-012', evicted(served('evicted-rest', 3, 4), served('evicted-below', 2, 3)))).toContain(
      'wrong',
    );
  });

  it('that was there after the end is still there a moment later', () => {
    const middle = ask('middle', 1, { sse: [[520, heartbeatText() + chunkText(2) + completeText(3)]] });
    const later = (literal: ConnectionLiteral) => ask('later', 1, { sentAtMs: 2000, ...literal });
    const lost = later({ sse: [[2010, refused('replay_gap', { requested: 1, earliest_available: 4 })[0][1]]] });
    expect(kindsOf('REPLAY-017', scenario('after-the-end', [whole, middle, lost]))).toEqual(['right', 'wrong']);
    expect(kindsOf('REPLAY-017', scenario('after-the-end', [whole, lost]))).toEqual([]);
  });

  it('shows no limit where it is short', () => {
    const again = ask('from-start', undefined, { sse: [[520, heartbeatText() + chunkText(1)]] });
    expect(kindsOf('REPLAY-011', scenario('after-the-end', [whole, again]))).toEqual([]);
  });

  it('of another generation is not compared', () => {
    const other = (id: number) => chunkText(id, { content: `other ${id}`, trace_id: 'trace-2' });
    const born = heartbeatText({ uptime_seconds: 0.01, trace_id: 'trace-2' });
    const long = connection({
      sse: [
        [20, heartbeatText({ uptime_seconds: 0.02 })],
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => [300 * id, chunkText(id)] as const),
      ],
      end: { atMs: 4000, by: 'kit', kind: 'closed' },
    });
    const second = ask('late', undefined, {
      sentAtMs: 2500,
      headers: { 'X-Trace-ID': 'trace-2' },
      sse: [[2520, born], ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => [2500 + 300 * id, other(id)] as const)],
    });
    expect(kindsOf('REPLAY-021', scenario('readers', [long, second]))).toEqual([]);
    const careless = ask('late', undefined, {
      sentAtMs: 2500,
      sse: [
        [2520, heartbeatText({ uptime_seconds: 2.52, head_id: 8, total_chunks: 8 })],
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => [2530, chunkText(id, { content: `other ${id}` })] as const),
      ],
    });
    expect(kindsOf('REPLAY-021', scenario('readers', [long, careless]))).toEqual(['wrong']);
  });
});

describe('a replay with another trace id', () => {
  const again = (traceId: string) =>
    ask('from-start', undefined, {
      sentAtMs: 1000,
      headers: { 'X-Trace-ID': traceId },
      sse: [
        [
          1020,
          heartbeatText({ uptime_seconds: 1.02, head_id: 2, total_chunks: 1 }) +
            chunkText(1, { trace_id: 'trace-2' }) +
            completeText(2, { trace_id: 'trace-2' }),
        ],
      ],
    });
  const before = connection({
    sse: [
      [20, heartbeatText()],
      [30, chunkText(1)],
      [900, completeText(2)],
    ],
  });

  it('that its header declares is TRACE-002 and no other data', () => {
    expect(kindsOf('REPLAY-021', scenario('after-the-end', [before, again('trace-2')]))).toEqual(['right']);
  });

  it('in its header alone is TRACE-002 too', () => {
    const headers = { 'X-Trace-ID': 'trace-0' };
    const first = connection({
      headers,
      sse: [
        [20, heartbeatText()],
        [30, chunkText(1)],
        [900, completeText(2)],
      ],
    });
    const replayed = ask('from-start', undefined, {
      sentAtMs: 1000,
      sse: [[1020, heartbeatText({ uptime_seconds: 1.02, head_id: 2 }) + chunkText(1) + completeText(2)]],
    });
    expect(kindsOf('REPLAY-021', scenario('after-the-end', [first, replayed]))).toEqual(['right']);
  });

  it('that nothing declares is other data', () => {
    expect(kindsOf('REPLAY-021', scenario('after-the-end', [before, again('trace-1')]))).toEqual(['wrong']);
  });
});

describe('a refusal in band', () => {
  it('is not asked of a target without streams', () => {
    const alone = ask('unknown-stream', 5, { status: 404 });
    expect(kindsOf('REPLAY-014', scenario('unknown-cursor', [connection({ status: 404 }), alone]))).toEqual([]);
  });

  it('counts whatever its media type says', () => {
    const headers = { 'Content-Type': 'application/json' };
    const json = ask('ahead', 99, { headers, sse: refused('unknown_cursor') });
    expect(kindsOf('REPLAY-013', scenario('unknown-cursor', [whole, json]))).toEqual(['right']);
  });

  it('is not judged while the kit has no answer', () => {
    const silent = ask('ahead', 1_000_000, { status: null, end: { atMs: 3000, by: 'kit', kind: 'timeout' } });
    expect(kindsOf('REPLAY-013', scenario('unknown-cursor', [whole, silent]))).toEqual([]);
    expect(
      kindsOf(
        'REPLAY-013',
        scenario('unknown-cursor', [whole, { ...silent, end: { atMs: 600, by: 'target', kind: 'reset' } }]),
      ),
    ).toEqual(['wrong']);
  });

  it('that the kit closed at once shows no close', () => {
    const cut = ask('ahead', 99, { sse: refused('unknown_cursor'), end: { by: 'kit', kind: 'closed' } });
    expect(kindsOf('REPLAY-015', scenario('unknown-cursor', [whole, cut]))).toEqual([]);
  });
});

describe('an event stream without an event', () => {
  it('is a fault where the target closed it, and only there', () => {
    expect(kindsOf('REPLAY-018', scenario('read-through', [connection()]))).toEqual(['wrong']);
    const cut = connection({ end: { by: 'kit', kind: 'closed' } });
    expect(kindsOf('REPLAY-018', scenario('create', [cut]))).toEqual([]);
    expect(kindsOf('REPLAY-018', scenario('head', [connection({ method: 'HEAD' })]))).toEqual([]);
    expect(kindsOf('REPLAY-018', scenario('shutdown', [connection()]))).toEqual([]);
  });
});

describe('after the end', () => {
  it('a busy target says nothing about its history', () => {
    const busy = (cursor: number) => scenario('after-the-end', [whole, ask('at-end', cursor, { status: 503 })]);
    expect(kindsOf('REPLAY-016', busy(3))).toEqual([]);
    expect(kindsOf('REPLAY-017', busy(1))).toEqual([]);
  });

  it('a replay that the kit cut off may still have come to its end', () => {
    const cut = (endAtMs: number) =>
      scenario('after-the-end', [
        whole,
        ask('middle', 1, {
          sse: [
            [520, heartbeatText()],
            [700, chunkText(2)],
          ],
          end: { atMs: endAtMs, by: 'kit', kind: 'timeout' },
        }),
      ]);
    expect(kindsOf('REPLAY-017', cut(1500))).toEqual([]);
    expect(kindsOf('REPLAY-017', cut(2300))).toEqual(['wrong']);
  });
});
