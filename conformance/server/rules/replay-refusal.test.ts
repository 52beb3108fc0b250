import { expect, it } from 'vitest';
import { data, isOver, without } from './testing/faults.js';
import { byHeader, insteadOf, insteadOf204, limited, problem, readerNumber } from './testing/replay-faults.js';
import { isTerminal, refusal } from './testing/simulated-target.js';
import { type FaultyTarget, targetsOf } from './testing/verdicts.js';

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
