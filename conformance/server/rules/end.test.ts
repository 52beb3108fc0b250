import { describe, expect, it } from 'vitest';
import { chunkText, completeText, connection, eventText, heartbeatText, scenario } from '../../evidence/fixture.js';
import type { RecordedConnection } from '../../evidence/types.js';
import { data, type Faults, isOver, lastOf, mapEvents } from './testing/faults.js';
import { isTerminal } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

/** Streams of a scenario close where they should end. */
const closing = (name: string): Faults => ({
  deliver: (events, serving) => (serving.scenario === name ? events.filter((event) => !isTerminal(event)) : events),
  closeAt: (atMs, { scenario: played, stream, acceptedAtMs }) =>
    played === name ? Math.max(acceptedAtMs + 3, lastOf(stream).atMs) : atMs,
});

const faultyTargets: readonly FaultyTarget[] = [
  ['END-001', 'a close instead of an end', closing('read-through')],
  [
    'END-001',
    'a close, and 204 to those who ask again',
    {
      ...closing('read-through'),
      refuse: (ask, _stream, decided) => (ask.label.startsWith('again') ? { status: 204 } : decided),
    },
  ],
  [
    'END-001',
    'heartbeats instead of an end',
    {
      deliver: (events, { scenario }) =>
        scenario === 'read-through' ? events.filter((event) => !isTerminal(event)) : events,
      heartbeatTimes: (times, { scenario, acceptedAtMs }) =>
        scenario === 'read-through' ? Array.from({ length: 40 }, (_, n) => acceptedAtMs + 200 * n) : times,
    },
    ['CAP-001'],
  ],
  [
    'END-002',
    'a heartbeat after the end',
    {
      heartbeatTimes: (times, { stream, acceptedAtMs }) => [
        ...times,
        Math.max(acceptedAtMs, lastOf(stream).atMs) + 200,
      ],
      closeAt: (atMs) => atMs + 250,
    },
  ],
  ['END-003', 'connections that stay open', { closeAt: (atMs) => atMs + 100_000 }],
  ['END-003', 'connections that stay open for a while', { closeAt: (atMs) => atMs + 1540 }],
  [
    'END-004',
    'a chunk too many',
    data('complete', (sent) => ({ ...sent, total_chunks: Number(sent.total_chunks) + 1 })),
  ],
  ['END-004', 'no chunks', data('complete', (sent) => ({ ...sent, total_chunks: 0 }))],
  [
    'END-005',
    'a failure called done',
    {
      generate: (stream, name) =>
        name === 'error'
          ? mapEvents(stream, (event) =>
              event.type === 'error'
                ? {
                    ...event,
                    type: 'complete',
                    data: { reason: 'done', duration: 1, total_chunks: 5, trace_id: 'trace-1' },
                  }
                : event,
            )
          : stream,
    },
  ],
  ['END-005', 'a close at the failure', closing('error')],
  [
    'END-006',
    'another reason for those who resume',
    data('complete', (sent, _event, { cursor }) => (cursor > 0 ? { ...sent, reason: 'length' } : sent)),
  ],
  [
    'END-006',
    'another duration for each live reader',
    data('complete', (sent, _event, serving) => (isOver(serving) ? sent : { ...sent, duration: serving.acceptedAtMs })),
  ],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

const first = (...parts: readonly string[]): RecordedConnection =>
  connection({ sse: parts.map((part, n) => [20 + n, part]) });
const again = (n: number, sse: string, more: Partial<RecordedConnection> = {}): RecordedConnection => ({
  ...connection({
    label: `again-${n}`,
    sentAtMs: n * 2000,
    requestHeaders: { 'Last-Event-ID': '1' },
    sse: sse === '' ? [] : [[n * 2000 + 20, sse]],
  }),
  ...more,
});

describe('a stream that its server closed', () => {
  const run = (...resumed: readonly RecordedConnection[]) =>
    kindsOf('END-001', scenario('read-through', [first(heartbeatText(), chunkText(1)), ...resumed]));

  it('may go on with the next connection', () => {
    expect(run(again(1, heartbeatText() + chunkText(2)), again(2, completeText(3)))).toEqual(['right']);
  });

  it('says nothing while it may go on', () => {
    expect(run()).toEqual([]);
    expect(run(again(1, heartbeatText() + chunkText(2)))).toEqual([]);
    const waiting = { end: { atMs: 3900, by: 'target', kind: 'eof' } } as const;
    expect(run(again(1, heartbeatText(), waiting))).toEqual([]);
  });

  it('is over when the server does not know it any more', () => {
    const refusal = eventText('error', { code: 'unknown_cursor', message: 'no', retryable: true, trace_id: 't' });
    expect(run(again(1, refusal))).toEqual(['wrong']);
    expect(run({ ...again(1, ''), response: { atMs: 2010, status: 404, httpVersion: '1.1', headers: [] } })).toEqual([
      'wrong',
    ]);
    expect(run({ ...again(1, ''), response: { atMs: 2010, status: 503, httpVersion: '1.1', headers: [] } })).toEqual(
      [],
    );
  });

  it('is over when resumptions bring nothing but what was there', () => {
    expect(run(...[1, 2, 3].map((n) => again(n, heartbeatText() + chunkText(1))))).toEqual(['wrong']);
  });

  it('is over when its cap has passed in silence', () => {
    const hanging = again(1, heartbeatText(), { end: { atMs: 5000, by: 'kit', kind: 'timeout' } });
    expect(run(hanging)).toEqual(['wrong']);
  });

  it('is over where nothing had an id to resume from', () => {
    const bare = scenario('read-through', [first('data: {"a":1}\n\n', 'data: {"a":2}\n\n')]);
    expect(sightingsOf('END-001', [bare])).toMatchObject([
      { kind: 'wrong', actual: expect.stringContaining('no event had an id') },
    ]);
    const silent = scenario('read-through', [first(heartbeatText())]);
    expect(kindsOf('END-001', silent)).toEqual([]);
  });
});

describe('after the terminal event', () => {
  it('the kit has to have looked on', () => {
    const cut = connection({ sse: [[20, completeText(1)]], end: { atMs: 100, by: 'kit', kind: 'closed' } });
    expect(kindsOf('END-002', scenario('readers', [cut]))).toEqual([]);
    expect(kindsOf('END-003', scenario('readers', [cut]))).toEqual([]);
  });

  it('a greater id on another connection counts', () => {
    const ended = connection({ label: 'reader-1', sse: [[20, chunkText(1) + completeText(2)]] });
    const goesOn = connection({
      label: 'reader-2',
      sentAtMs: 1,
      sse: [
        [20, chunkText(1)],
        [900, chunkText(3)],
      ],
    });
    expect(kindsOf('END-002', scenario('readers', [ended, goesOn]))).toEqual(['right', 'wrong']);
  });
});

describe('totals and outcomes', () => {
  it('are not judged where the start was not seen', () => {
    const resumed = connection({
      requestHeaders: { 'Last-Event-ID': '4' },
      sse: [[20, chunkText(5) + completeText(6)]],
    });
    expect(kindsOf('END-004', scenario('cut-and-resume', [resumed]))).toEqual([]);
  });

  it('need two readers to differ', () => {
    expect(kindsOf('END-006', scenario('readers', [first(chunkText(1), completeText(2))]))).toEqual([]);
  });

  it('do not take a refused cursor for an outcome', () => {
    const refusal = eventText('error', { code: 'replay_gap', message: 'no', retryable: true, trace_id: 't' });
    const late = connection({
      label: 'late',
      sentAtMs: 500,
      requestHeaders: { 'Last-Event-ID': '1' },
      sse: [[520, refusal]],
    });
    expect(kindsOf('END-006', scenario('readers', [first(chunkText(1), completeText(2)), late]))).toEqual([]);
  });
});
