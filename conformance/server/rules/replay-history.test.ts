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
import { data, isOver, without } from './testing/faults.js';
import { byHeader, insteadOf, insteadOf204, limited, problem, readerNumber } from './testing/replay-faults.js';
import { isTerminal, refusal } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, targetsOf } from './testing/verdicts.js';

const faultyTargets: readonly FaultyTarget[] = [
  [
    'REPLAY-011',
    'the first 100 and a close',
    {
      ...limited((replay) => replay.slice(0, 100)),
      closeAt: (atMs, { scenario, acceptedAtMs }) =>
        scenario === 'after-the-end' ? Math.min(atMs, acceptedAtMs + 1600) : atMs,
    },
  ],
  ['REPLAY-011', 'the first 100 and silence', limited((replay) => replay.slice(0, 100))],
  ['REPLAY-011', 'the last 100', limited((replay) => replay.slice(-100))],
  [
    'REPLAY-012',
    'what is left, without a word',
    {
      ...insteadOf('replay_gap', () => undefined),
      deliver: (events, { scenario, ask, stream }) =>
        scenario === 'evicted' && ask.label !== 'first'
          ? events.filter(({ id }) => Number(id) >= stream.earliestId)
          : events,
    },
  ],
  ['REPLAY-012', 'status 410', insteadOf('replay_gap', (ask) => problem(ask, 410))],
  ['REPLAY-012', 'no members', insteadOf('replay_gap', (ask) => refusal(ask, 'replay_gap', {}))],
  ['REPLAY-012', 'another code', insteadOf('replay_gap', (ask) => refusal(ask, 'unknown_cursor', {}))],
  [
    'REPLAY-013',
    'status 404',
    insteadOf('unknown_cursor', (ask, decided, stream) => (stream === undefined ? decided : problem(ask, 404))),
  ],
  [
    'REPLAY-013',
    'a reader that waits',
    insteadOf('unknown_cursor', (_ask, decided, stream) => (stream === undefined ? decided : undefined)),
  ],
  [
    'REPLAY-014',
    'status 404',
    insteadOf('unknown_cursor', (ask, decided, stream) => (stream === undefined ? problem(ask, 404) : decided)),
  ],
  [
    'REPLAY-014',
    'a new stream',
    insteadOf('unknown_cursor', (_ask, decided, stream) => (stream === undefined ? undefined : decided)),
  ],
  [
    'REPLAY-015',
    'an id',
    insteadOf('unknown_cursor', (_ask, decided) => ({
      ...decided,
      sse: (decided?.sse ?? []).map(([atMs, sent]) => [atMs, `id: 7\n${sent}`]),
    })),
  ],
  [
    'REPLAY-015',
    'an event beside it',
    insteadOf('unknown_cursor', (_ask, decided) => ({
      ...decided,
      sse: (decided?.sse ?? []).map(([atMs, sent]) => [atMs, `${sent}event: x-bye\ndata: {"trace_id":"trace-1"}\n\n`]),
    })),
  ],
  [
    'REPLAY-015',
    'a connection that stays open',
    insteadOf('unknown_cursor', (ask, decided) => ({
      ...decided,
      end: { atMs: ask.sentAtMs + 2500, by: 'kit', kind: 'timeout' },
    })),
  ],
  ['REPLAY-016', 'an open stream', insteadOf204(() => undefined)],
  ['REPLAY-016', 'status 404', insteadOf204((ask) => problem(ask, 404))],
  // Nothing but an answer to a cursor at the end is empty: the two go together.
  ['REPLAY-018', 'an empty event stream', insteadOf204(() => ({ status: 200, sse: [] })), ['REPLAY-016']],
  [
    'REPLAY-017',
    'status 204',
    {
      refuse: (ask, stream, decided) =>
        stream !== undefined &&
        decided === undefined &&
        byHeader(ask) > 0 &&
        isOver({ stream, acceptedAtMs: ask.sentAtMs })
          ? { status: 204 }
          : decided,
    },
  ],
  [
    'REPLAY-017',
    'no terminal event',
    {
      deliver: (events, serving) =>
        serving.cursor > 0 && isOver(serving) ? events.filter((event) => !isTerminal(event)) : events,
      closeAt: (atMs, { acceptedAtMs }) => (Number.isFinite(atMs) ? atMs : acceptedAtMs + 4),
    },
  ],
  ['REPLAY-020', '30 s', { headers: () => ({ 'X-Replay-Retention': '30' }) }],
  [
    'REPLAY-021',
    'members in another order',
    data('content_chunk', (sent, _event, { cursor }) =>
      cursor > 0 ? { trace_id: sent.trace_id, ...without(sent, 'trace_id') } : sent,
    ),
  ],
  [
    'REPLAY-021',
    'a duration taken at sending',
    data('complete', (sent, _event, serving) => (isOver(serving) ? { ...sent, duration: serving.acceptedAtMs } : sent)),
  ],
  [
    'REPLAY-022',
    'status 409 for further readers',
    { refuse: (ask, _stream, decided) => (/^reader-(?!1$)|^late$/.test(ask.label) ? problem(ask, 409) : decided) },
  ],
  [
    'REPLAY-022',
    'events shared out among readers',
    {
      deliver: (events, serving) => {
        const number = readerNumber(serving);
        return number === undefined
          ? events
          : events.filter((event) => isTerminal(event) || Number(event.id) % 12 === number % 12);
      },
    },
  ],
  [
    'REPLAY-022',
    'the newest reader alone',
    {
      closeAt: (atMs, serving) => {
        const number = readerNumber(serving);
        const closed = serving.scenario === 'readers' && serving.ask.label !== 'seam-4';
        return closed ? Math.min(atMs, number === 12 ? 215 : serving.acceptedAtMs + 20) : atMs;
      },
    },
  ],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

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

describe('a refusal in band', () => {
  it('is not asked of a target without streams', () => {
    const alone = ask('unknown-stream', 5, { status: 404 });
    expect(kindsOf('REPLAY-014', scenario('unknown-cursor', [connection({ status: 404 }), alone]))).toEqual([]);
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
