import { describe, expect, it } from 'vitest';
import { type ConnectionLiteral, chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import type { RecordedConnection } from '../../evidence/types.js';
import { isOver, isReplayed } from './testing/faults.js';
import { byHeader, byQuery, firstLive, problem, replayed, resumed } from './testing/replay-faults.js';
import { cursorText, isTerminal, wellFormed } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

const faultyTargets: readonly FaultyTarget[] = [
  ['REPLAY-001', 'a header that is not read', { cursorOf: (ask) => byQuery(ask) ?? 0 }],
  ['REPLAY-002', 'a query that is not read', { cursorOf: byHeader }],
  [
    'REPLAY-002',
    'a query that is refused',
    {
      refuse: (ask, _stream, decided) =>
        ask.cursorQuery === '3' && ask.cursorHeader === undefined ? problem(ask, 404) : decided,
    },
  ],
  ['REPLAY-003', 'a query before the header', { cursorOf: (ask) => byQuery(ask) ?? byHeader(ask) }],
  [
    'REPLAY-004',
    'malformed cursors taken for 0',
    { refuse: (_ask, _stream, decided) => (decided?.status === 400 ? undefined : decided) },
  ],
  [
    'REPLAY-004',
    'status 422',
    { refuse: (_ask, _stream, decided) => (decided?.status === 400 ? { ...decided, status: 422 } : decided) },
  ],
  [
    'REPLAY-004',
    'several values of which the first counts',
    { refuse: (ask, _stream, decided) => (Array.isArray(ask.cursorQuery) ? undefined : decided) },
  ],
  [
    'REPLAY-005',
    'an empty header that is malformed',
    { refuse: (ask, _stream, decided) => (ask.cursorHeader === '' ? problem(ask, 400) : decided) },
  ],
  [
    'REPLAY-005',
    'an empty header that means now',
    { cursorOf: (ask) => (ask.cursorHeader === '' ? 2 : (wellFormed(cursorText(ask) ?? '') ?? 0)) },
  ],
  [
    'REPLAY-006',
    'the first event left out',
    resumed((events, serving) => (isOver(serving) ? events : events.slice(1))),
  ],
  [
    'REPLAY-006',
    'live events alone',
    resumed((events, serving) => events.filter((event) => isTerminal(event) || !isReplayed(event, serving))),
  ],
  [
    'REPLAY-006',
    'an event lost at the seam',
    resumed((events, serving) => events.filter((_, n) => n !== firstLive(events, serving))),
  ],
  [
    'REPLAY-007',
    'an event twice at the seam',
    resumed((events, serving) =>
      events.flatMap((event, n) => (n === firstLive(events, serving) - 1 ? [event, event] : [event])),
    ),
  ],
  [
    'REPLAY-007',
    'a replay backwards',
    {
      deliver: (events, serving) => {
        const replay = replayed(events, serving).filter((event) => !isTerminal(event));
        return [...replay.toReversed(), ...events.filter((event) => !replay.includes(event))];
      },
    },
  ],
  [
    'REPLAY-007',
    'two live events swapped',
    {
      deliver: (events, { ask }) =>
        ask.label === 'first'
          ? events.map((event) => (event.id === 3 ? { ...event, atMs: event.atMs + 105 } : event))
          : events,
    },
  ],
  [
    'REPLAY-008',
    'the event of the cursor again',
    {
      deliver: (events, { cursor, stream, acceptedAtMs }) => [
        ...stream.events.filter(({ id }) => id === cursor).map((event) => ({ ...event, atMs: acceptedAtMs + 1 })),
        ...events,
      ],
    },
  ],
  [
    'REPLAY-009',
    'a close after the replay',
    {
      ...resumed(replayed),
      closeAt: (atMs, { cursor, acceptedAtMs }) => (cursor > 0 ? acceptedAtMs + 3 : atMs),
    },
  ],
  ['REPLAY-009', 'silence after the replay', resumed(replayed)],
  [
    'REPLAY-010',
    'what comes from now on',
    {
      deliver: (events, serving) =>
        serving.cursor === 0 ? events.filter((event) => !isReplayed(event, serving)) : events,
    },
  ],
  [
    'REPLAY-010',
    'a cursor 0 that is refused',
    { refuse: (ask, _stream, decided) => (cursorText(ask) === '0' ? problem(ask, 400) : decided) },
  ],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

const first = (...ids: readonly number[]): RecordedConnection =>
  connection({
    sse: [[20, heartbeatText()], ...ids.map((id) => [100 * id, chunkText(id)] as const)],
    end: { atMs: 450, by: 'kit', kind: 'closed' },
  });

const second = (literal: ConnectionLiteral): RecordedConnection =>
  connection({ label: 'resume-by-header', sentAtMs: 500, ...literal });

const cursor = (id: number | string): Pick<ConnectionLiteral, 'requestHeaders'> => ({
  requestHeaders: { 'Last-Event-ID': String(id) },
});
const chunks = (fromMs: number, ...ids: readonly number[]) => ids.map((id, n) => [fromMs + n, chunkText(id)] as const);
const resume = (literal: ConnectionLiteral, ...ids: readonly number[]) =>
  scenario('cut-and-resume', [first(...(ids.length === 0 ? [1, 2, 3] : ids)), second(literal)]);

describe('a resumed connection', () => {
  it('is told from one without a cursor by what was there before', () => {
    const waiting = (head: number) =>
      resume({ ...cursor(3), sse: [[520, heartbeatText({ head_id: head })], ...chunks(530, 4, 5)] });
    expect(kindsOf('REPLAY-001', waiting(5))).toEqual(['right']);
    expect(kindsOf('REPLAY-001', waiting(3))).toEqual([]);
  });

  it('shows no cursor that was ignored at id 1', () => {
    const transcript = resume({ ...cursor(1), sse: [[520, heartbeatText()], ...chunks(530, 1, 2, 3)] });
    expect(kindsOf('REPLAY-001', transcript)).toEqual([]);
    expect(kindsOf('REPLAY-008', transcript)).toEqual([]);
  });

  it('may be refused for now', () => {
    for (const status of [429, 503, 401]) {
      for (const id of ['REPLAY-001', 'REPLAY-006', 'REPLAY-022']) {
        expect(kindsOf(id, resume({ ...cursor(2), status }))).toEqual([]);
      }
    }
  });

  it('may not be turned away from a stream that others read', () => {
    const refused = { ...cursor(2), status: 204, headers: [] } as const;
    const leader = connection({ sse: [[20, heartbeatText()], ...chunks(100, 1, 2), ...chunks(700, 3)] });
    expect(sightingsOf('REPLAY-006', [scenario('readers', [leader, second(refused)])])).toMatchObject([
      { kind: 'wrong', expected: expect.stringContaining('went on to id 3'), actual: expect.stringContaining('204') },
    ]);
    expect(kindsOf('REPLAY-006', resume(refused))).toEqual([]);
  });

  it('may be closed early, but not before what was there', () => {
    expect(kindsOf('REPLAY-006', resume({ ...cursor(2), sse: [[520, heartbeatText()]] }))).toEqual(['wrong']);
    expect(kindsOf('REPLAY-006', resume({ ...cursor(3), sse: [[520, heartbeatText()]] }))).toEqual([]);
  });

  it('is not complete where a number is lacking that nobody else saw', () => {
    expect(sightingsOf('REPLAY-006', [resume({ ...cursor(3), sse: chunks(530, 4, 7) })])).toMatchObject([
      { kind: 'wrong', actual: '2 left out: id 5' },
    ]);
  });

  it('has its last events still to come when the kit closes', () => {
    const cut = { ...cursor(1), sse: chunks(530, 2), end: { by: 'kit', kind: 'closed' } } as const;
    expect(kindsOf('REPLAY-006', resume(cut))).toEqual(['right']);
  });

  it('with two cursors shows nothing where they agree', () => {
    const both = {
      ...cursor(2),
      url: 'http://target.test/stream?stream_id=stream-1&last_event_id=2',
      sse: chunks(530, 3),
    };
    expect(kindsOf('REPLAY-003', resume(both))).toEqual([]);
  });
});

describe('a malformed cursor', () => {
  it.each([
    ['17abc', 'wrong'],
    ['1, 2', 'wrong'],
    ['9007199254740992', 'wrong'],
    ['17', undefined],
    [' 17 ', undefined],
    ['', undefined],
  ])('%j in the header, answered with 200', (text, kind) => {
    const transcript = scenario('bad-cursor', [first(1), second({ ...cursor(text), sse: chunks(530, 2) })]);
    expect(kindsOf('REPLAY-004', transcript)).toEqual(kind === undefined ? [] : [kind]);
  });

  it.each([
    ['last_event_id=', 'wrong'],
    ['last_event_id=+17+', 'wrong'],
    ['last_event_id=1&last_event_id=1', 'wrong'],
    ['last_event_id=17', undefined],
  ])('%s, answered with 200', (query, kind) => {
    const url = `http://target.test/stream?stream_id=stream-1&${query}`;
    const transcript = scenario('bad-cursor', [first(1), second({ url, sse: chunks(530, 2) })]);
    expect(kindsOf('REPLAY-004', transcript)).toEqual(kind === undefined ? [] : [kind]);
  });

  it('says nothing about a target that refuses everything', () => {
    const refused = connection({ status: 400 });
    expect(kindsOf('REPLAY-004', scenario('bad-cursor', [refused, second({ ...cursor('abc'), status: 400 })]))).toEqual(
      [],
    );
  });

  it('says nothing while the target is busy', () => {
    expect(
      kindsOf('REPLAY-004', scenario('bad-cursor', [first(1), second({ ...cursor('abc'), status: 503 })])),
    ).toEqual([]);
  });
});

describe('a reader beside others', () => {
  const readers = (end: number) =>
    scenario('readers', [
      { ...first(1, 2, 3), label: 'reader-1' },
      connection({
        label: 'reader-2',
        sentAtMs: 1,
        sse: [[30, heartbeatText()], ...chunks(100, 1, 2)],
        end: { atMs: end, by: 'kit', kind: 'timeout' },
      }),
      second({
        ...cursor(2),
        label: 'seam-1',
        sentAtMs: 250,
        sse: [[270, heartbeatText({ head_id: 2 })]],
        end: { atMs: end, by: 'kit', kind: 'timeout' },
      }),
    ]);

  it('has a second and its grace to get an event', () => {
    expect(kindsOf('REPLAY-022', readers(1790))).toEqual([]);
    expect(kindsOf('REPLAY-022', readers(1810))).toEqual(['wrong']);
    expect(kindsOf('REPLAY-009', readers(1790))).toEqual([]);
    expect(kindsOf('REPLAY-009', readers(1810))).toEqual(['wrong']);
  });
});
