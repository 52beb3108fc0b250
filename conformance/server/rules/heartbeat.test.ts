import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import { beats, isOver, without } from './testing/faults.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

const faultyTargets: readonly FaultyTarget[] = [
  [
    'HEARTBEAT-001',
    'a first heartbeat after 1.7 s',
    {
      heartbeatTimes: (times) => times.map((atMs) => atMs + 1700),
      deliver: (events, { acceptedAtMs }) =>
        events.map((event) => ({ ...event, atMs: Math.max(event.atMs, acceptedAtMs + 1701) })),
    },
  ],
  [
    'HEARTBEAT-002',
    'content before the first heartbeat',
    { heartbeatTimes: (times) => times.map((atMs) => atMs + 150) },
  ],
  [
    'HEARTBEAT-002',
    'no heartbeat after the end',
    { heartbeatTimes: (times, serving) => (isOver(serving) ? [] : times) },
  ],
  ['HEARTBEAT-003', 'heartbeats that stop', { heartbeatTimes: (times) => times.slice(0, 2) }],
  ['HEARTBEAT-003', 'one of eight heartbeats', { heartbeatTimes: (times) => times.filter((_, n) => n % 8 === 0) }],
  ['HEARTBEAT-004', 'every heartbeat twice', { heartbeatTimes: (times) => times.flatMap((atMs) => [atMs, atMs + 30]) }],
  [
    'HEARTBEAT-004',
    'a second heartbeat soon after the first',
    { heartbeatTimes: ([first = 0, ...rest]) => [first, first + 25, ...rest] },
  ],
  [
    'HEARTBEAT-005',
    'an interval of 20 s',
    {
      headers: () => ({ 'X-Heartbeat-Interval': '20', 'X-Silence-Threshold': '60' }),
      heartbeat: (data) => ({ ...data, heartbeat_interval: 20, silence_threshold: 60 }),
      heartbeatTimes: (times) => times.slice(0, 1),
    },
  ],
  [
    'HEARTBEAT-006',
    'a threshold of two intervals',
    { headers: () => ({ 'X-Silence-Threshold': '0.4' }), heartbeat: (data) => ({ ...data, silence_threshold: 0.4 }) },
  ],
  ['HEARTBEAT-007', 'no uptime', beats((data) => without(data, 'uptime_seconds'))],
  ['HEARTBEAT-007', 'a timestamp in words', beats((data) => ({ ...data, timestamp: 'yesterday' }))],
  ['HEARTBEAT-007', 'a counter as text', beats((data) => ({ ...data, heartbeat_count: String(data.heartbeat_count) }))],
  ['HEARTBEAT-008', 'another cap', beats((data) => ({ ...data, max_duration: 60 }))],
  ['HEARTBEAT-008', 'another interval', beats((data) => ({ ...data, heartbeat_interval: 5 }))],
  ['HEARTBEAT-008', 'another threshold', beats((data) => ({ ...data, silence_threshold: 15 }))],
  ['HEARTBEAT-009', 'a constant counter', beats((data) => ({ ...data, heartbeat_count: 1 }))],
  ['HEARTBEAT-010', 'a constant rest', beats((data) => ({ ...data, remaining_seconds: 3 }))],
  ['HEARTBEAT-010', 'no rest', beats((data) => ({ ...data, remaining_seconds: 0 }))],
  ['HEARTBEAT-011', 'one chunk too many', beats((data) => ({ ...data, total_chunks: Number(data.total_chunks) + 1 }))],
  [
    'HEARTBEAT-011',
    'chunks of the connection',
    beats((data, { cursor }) => ({ ...data, total_chunks: Math.max(0, Number(data.total_chunks) - cursor) })),
  ],
  ['HEARTBEAT-012', 'no head', beats((data) => ({ ...data, head_id: 0 }))],
  [
    'HEARTBEAT-012',
    'a head one behind',
    beats((data) => ({ ...data, head_id: Math.max(0, Number(data.head_id) - 1) })),
  ],
  ['HEARTBEAT-012', 'a head one ahead', beats((data) => ({ ...data, head_id: Number(data.head_id) + 1 }))],
  ['HEARTBEAT-012', 'the cursor as head', beats((data, { cursor }) => ({ ...data, head_id: cursor }))],
  ['HEARTBEAT-016', 'another stream', beats((data) => ({ ...data, stream_id: 'stream-2' }))],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

const read = (literal: ConnectionLiteral) => scenario('read-through', [connection(literal)]);
const beating = (...atMs: readonly number[]): ConnectionLiteral['sse'] & object =>
  atMs.map((at, n) => [at, heartbeatText({ heartbeat_count: n + 1, remaining_seconds: 3 - at / 1000 })]);

describe('the first heartbeat', () => {
  it.each([
    ['in time with its grace', [1490], 'right'],
    ['too late', [1510], 'wrong'],
  ])('%s', (_what, atMs, kind) => {
    expect(kindsOf('HEARTBEAT-001', read({ sse: beating(...atMs) }))).toEqual([kind]);
  });

  it('is not missed on a connection that the kit closed early', () => {
    const sse = [[20, chunkText(1)]] as const;
    expect(kindsOf('HEARTBEAT-001', read({ sse, end: { atMs: 900, by: 'kit', kind: 'closed' } }))).toEqual([]);
    expect(kindsOf('HEARTBEAT-001', read({ sse, end: { atMs: 1600, by: 'kit', kind: 'closed' } }))).toEqual(['wrong']);
  });

  it('is not asked of a refusal', () => {
    const refused = 'event: error\ndata: {"code":"unknown_cursor","message":"no","retryable":true,"trace_id":"t"}\n\n';
    expect(kindsOf('HEARTBEAT-001', read({ sse: [[20, refused]] }))).toEqual([]);
    expect(kindsOf('HEARTBEAT-002', read({ sse: [[20, refused]] }))).toEqual([]);
  });
});

describe('the rate', () => {
  it('counts the time until the end of the connection', () => {
    const open = (atMs: number) => read({ sse: beating(20), end: { atMs, by: 'kit', kind: 'timeout' } });
    expect(kindsOf('HEARTBEAT-003', open(1300))).toEqual([]);
    expect(sightingsOf('HEARTBEAT-003', [open(1400)])).toMatchObject([
      { kind: 'wrong', expected: expect.stringContaining('800 ms'), actual: expect.stringContaining('1380 ms') },
    ]);
  });

  it('is not asked for after the terminal event', () => {
    const sse = [...beating(20, 220), [250, completeText(1)]] as const;
    expect(kindsOf('HEARTBEAT-003', read({ sse, end: { atMs: 3000, by: 'kit', kind: 'closed' } }))).toEqual(['right']);
  });

  it('forgives what was held up on the way and bunched', () => {
    expect(kindsOf('HEARTBEAT-004', read({ sse: beating(20, 220, 610, 622, 820) }))).toEqual(['right']);
    expect(kindsOf('HEARTBEAT-004', read({ sse: beating(20, 220, 240, 420) }))).toEqual(['wrong']);
  });

  it('does not see times where the kit itself paused', () => {
    const slow = connection({ label: 'slow', sse: beating(20, 5000) });
    expect(kindsOf('HEARTBEAT-003', scenario('slow-reader', [slow]))).toEqual([]);
  });
});

describe('declarations', () => {
  it('are not observed where there are none', () => {
    const bare = read({ headers: [['Content-Type', 'text/event-stream']], sse: [[20, 'data: {}\n\n']] });
    for (const id of ['HEARTBEAT-005', 'HEARTBEAT-006', 'HEARTBEAT-007', 'HEARTBEAT-008', 'HEARTBEAT-016']) {
      expect(kindsOf(id, bare)).toEqual([]);
    }
  });

  it('keep the ratio in decimals that are not exact', () => {
    expect(kindsOf('HEARTBEAT-006', read({ sse: beating(20) }))).toEqual(['right']);
  });

  it('may be rounded in the header', () => {
    const headers = { 'X-Stream-Max-Seconds': '3.333' };
    const sse = [[20, heartbeatText({ max_duration: 10 / 3 })]] as const;
    expect(kindsOf('HEARTBEAT-008', read({ headers, sse }))).toEqual(['right']);
  });
});

describe('what heartbeats tell', () => {
  it('is a rest that arrives late', () => {
    const late = (remaining: number) => read({ sse: [[1000, heartbeatText({ remaining_seconds: remaining })]] });
    expect(kindsOf('HEARTBEAT-010', late(3.4))).toEqual(['right']);
    expect(kindsOf('HEARTBEAT-010', late(3.6))).toEqual(['wrong']);
    expect(kindsOf('HEARTBEAT-010', late(1))).toEqual(['right']);
    expect(kindsOf('HEARTBEAT-010', late(0.9))).toEqual(['wrong']);
  });

  it('is not judged without a declared cap', () => {
    const headers = { 'X-Stream-Max-Seconds': null };
    const sse = [[20, heartbeatText({ max_duration: undefined, remaining_seconds: 55 })]] as const;
    expect(kindsOf('HEARTBEAT-010', read({ headers, sse }))).toEqual([]);
  });

  it('is a head that replay has not reached yet', () => {
    const first = connection({
      sse: [
        [20, heartbeatText()],
        [300, chunkText(1)],
        [600, chunkText(2)],
      ],
      end: { atMs: 610, by: 'kit', kind: 'closed' },
    });
    const resumed = (head: number) =>
      connection({
        label: 'resume-by-header',
        sentAtMs: 700,
        requestHeaders: { 'Last-Event-ID': '1' },
        sse: [
          [720, heartbeatText({ head_id: head, total_chunks: head })],
          [730, chunkText(2)],
          [731, chunkText(3)],
          [740, completeText(4)],
        ],
      });
    const resume = (head: number) => scenario('cut-and-resume', [first, resumed(head)]);
    expect(kindsOf('HEARTBEAT-012', resume(3))).toEqual(['right']);
    expect(kindsOf('HEARTBEAT-012', resume(1))).toEqual(['wrong']);
    expect(kindsOf('HEARTBEAT-012', resume(5))).toEqual(['wrong']);
  });

  it('is no number of chunks where nobody saw them', () => {
    const resumed = connection({
      requestHeaders: { 'Last-Event-ID': '7' },
      sse: [
        [20, heartbeatText({ head_id: 9, total_chunks: 2 })],
        [30, chunkText(8) + chunkText(9)],
      ],
    });
    expect(kindsOf('HEARTBEAT-011', scenario('cut-and-resume', [resumed]))).toEqual([]);
  });
});
