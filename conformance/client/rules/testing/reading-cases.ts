/** Cases of the rules on what a client reads and asks: HTTP, EVENT, ID. */
import { eventText, heartbeatText } from '../../../evidence/fixture.js';
import { adding, changing, chunks, cut, FULL, type Play, played, restAfter, upTo } from './client-fixture.js';
import type { RuleCases } from './verdicts.js';

export const plain = cut('cut-after');
const whole = played('whole', [{ at: 100, sse: FULL }]);

/** The client closes after a silence of its own; declared are 0.6 s. */
export const stall = cut('stall', { first: { end: { atMs: 760, by: 'target', kind: 'closed' } } });

const DEFAULTS = { 'X-Heartbeat-Interval': 'abc', 'X-Silence-Threshold': '-1', 'X-Stream-Max-Seconds': '1e3' };
const bare = eventText('heartbeat', { timestamp: '2026-01-01T00:00:00.000Z' });

const withDefaults = (name: string, silentMs: number, play: Play = {}) =>
  cut(name, {
    ...play,
    first: { headers: DEFAULTS, sse: bare + chunks(1, 3), end: { atMs: 110 + silentMs, by: 'target', kind: 'closed' } },
    second: { headers: DEFAULTS, sse: restAfter(3) },
  });

const named = adding(
  [120, { type: 'diagnostic', message: 'X-Heartbeat-Interval: using 5' }],
  [120, { type: 'diagnostic', message: 'X-Silence-Threshold: using 15' }],
);

const ownId = (name: string, id: string) =>
  cut(name, {
    first: { url: `http://kit.test/stream?stream_id=${id}` },
    second: { url: `http://kit.test/stream?stream_id=${id}` },
  });

/** A stream in which something stands before the cut; the client shows a cursor. */
const decorated = (name: string, to: number, cursor: string, sse = upTo(to)) =>
  cut(name, { to, cursor, first: { sse } });

const note = eventText('x-note', { text: 'of a vendor' }, 3);
const tick = eventText('x-tick', { alive: true });

/** Signs of life every 200 ms for 1.8 s. */
const lively = (name: string, sign: string, closedAtMs?: number) =>
  played(name, [
    {
      at: 100,
      sse: [
        [110, upTo(2)],
        ...Array.from({ length: 9 }, (_, index) => [310 + index * 200, sign] as const).filter(
          ([atMs]) => closedAtMs === undefined || atMs < closedAtMs,
        ),
        ...(closedAtMs === undefined ? [[2000, restAfter(2)] as const] : []),
      ],
      ...(closedAtMs === undefined ? {} : { end: { atMs: closedAtMs, by: 'target', kind: 'closed' } as const }),
    },
    ...(closedAtMs === undefined ? [] : [{ at: closedAtMs + 1000, cursor: '2', sse: restAfter(2) }]),
  ]);

export { lively, whole };

const broken = `${heartbeatText() + chunks(1, 3)}event: content_chunk\nid: 4\ndata: {"content":\n\n${chunks(5, 8)}`;
const said = adding([120, { type: 'error', code: 'protocol', message: 'malformed JSON' }]);
const malformed = (name: string, cursor: string, play: Play = said) =>
  cut(name, { cursor, first: { sse: broken }, ...play });

/** Both connections malformed; the client then fails. */
const malformedTwice = (...more: readonly { at: number; cursor: string; sse: string }[]) =>
  played(
    'malformed-always',
    [{ at: 100, sse: broken }, { at: 1200, cursor: '3', sse: broken }, ...more],
    changing(
      ({ id, state }) => Number(id) > 3 || state === 'completed',
      () => [],
    ),
  );

const large = eventText('content_chunk', { content: 'x'.repeat(2000), trace_id: 'trace-1' }, 2);
const big = (name: string, play: Play = {}) =>
  played(name, [{ at: 100, sse: `${upTo(1)}${large}${chunks(3, 3)}` }], play);
const withoutLarge = changing(
  ({ id, type }) => Number(id) > 1 || type !== 'event',
  (line) => (line.type === 'event' ? [] : [{ ...line, code: 'lost', message: 'it failed' }]),
);

export const readingCases: RuleCases = {
  'HTTP-013': {
    right: [plain, stall, withDefaults('no-parameters', 15_200)],
    wrong: {
      'closed at once': [plain, stall, withDefaults('garbage-parameters', 30, named)],
      'closed after 8 s': [plain, stall, withDefaults('no-parameters', 8000)],
    },
  },
  'HTTP-014': {
    right: [plain, withDefaults('garbage-parameters', 15_200, named)],
    wrong: { 'nobody is told': [plain, withDefaults('garbage-parameters', 15_200)] },
  },
  'HTTP-035': {
    right: [
      ownId('own-stream-id-1', '6f1f6b0e2c7d4f0e9a5b3c8d7e6f5a4b'),
      ownId('own-stream-id-2', '0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d'),
    ],
    wrong: {
      'eight digits': [ownId('own-stream-id-1', '6f1f6b0e')],
      'a name and some digits': [
        ownId('own-stream-id-1', 'conversation-of-a-user-k3j4h5g6'),
        ownId('own-stream-id-2', 'conversation-of-a-user-z9x8c7v6'),
      ],
      'the same twice': [ownId('own-stream-id-1', 'A'.repeat(40)), ownId('own-stream-id-2', 'A'.repeat(40))],
    },
  },
  'HTTP-036': {
    right: [plain, played('created-201', [{ at: 100, status: 201 }])],
    wrong: {
      'events of a 201': [
        plain,
        played(
          'created-201',
          [{ at: 100, status: 201 }],
          adding([120, { type: 'event', event: 'content_chunk', id: '1', data: {} }]),
        ),
      ],
      'open announced': [
        plain,
        played(
          'near-type',
          [{ at: 100, headers: { 'Content-Type': 'text/event-streams' } }],
          adding([120, { type: 'state', state: 'open' }]),
        ),
      ],
    },
  },
  'HTTP-037': {
    right: [
      cut('parameters-differ', {
        first: {
          sse: heartbeatText({ silence_threshold: 1.5, heartbeat_interval: 0.5 }) + chunks(1, 3),
          end: { atMs: 1650, by: 'target', kind: 'closed' },
        },
      }),
    ],
    wrong: {
      'closed by the header': [
        cut('parameters-differ', {
          first: {
            sse: heartbeatText({ silence_threshold: 1.5, heartbeat_interval: 0.5 }) + chunks(1, 3),
            end: { atMs: 750, by: 'target', kind: 'closed' },
          },
        }),
      ],
    },
  },
  'HTTP-038': { right: [plain], wrong: { 'a POST again': [cut('cut-after', { second: { method: 'POST' } })] } },
  'HTTP-039': {
    right: [
      cut('cut-after', {
        first: { request: { Authorization: 'REDACTED 1' } },
        second: { request: { Authorization: 'REDACTED 2' } },
      }),
    ],
    wrong: { 'credentials once': [cut('cut-after', { first: { request: { Authorization: 'REDACTED 1' } } })] },
  },
  'EVENT-015': {
    right: [
      plain,
      played('line-ends-crlf', [{ at: 100, sse: FULL.replaceAll('\n', '\r\n') }]),
      // This one keeps the terminal event for itself.
      played('line-ends-cr', [{ at: 100, sse: FULL.replaceAll('\n', '\r') }]),
    ].map((transcript) => ({
      ...transcript,
      reports: transcript.reports?.filter(({ report }) => report.event !== 'complete') ?? [],
    })),
    wrong: {
      'came back with less': [
        plain,
        cut('line-ends-cr', {
          cursor: '',
          first: { sse: FULL.replaceAll('\n', '\r'), end: { by: 'kit', kind: 'eof' } },
        }),
      ],
      'broken characters': [
        plain,
        played(
          'chunked-1',
          [{ at: 100, sse: FULL }],
          changing(
            ({ id }) => id === '2',
            (line) => [{ ...line, data: { content: 'w\ufffd' } }],
          ),
        ),
      ],
    },
  },
  'EVENT-016': {
    right: [plain, decorated('bom', 1, '1')],
    wrong: { 'nothing taken in': [plain, decorated('bom', 1, '')] },
  },
  'EVENT-017': {
    right: [plain, decorated('no-space', 3, '3')],
    wrong: {
      'nothing taken in': [plain, decorated('no-space', 3, '')],
      'two spaces trimmed': [
        plain,
        cut('two-spaces', {
          to: 2,
          cursor: '3',
          ...adding([115, { type: 'event', event: 'content_chunk', id: '3', data: {} }]),
        }),
      ],
    },
  },
  'EVENT-018': {
    right: [plain, decorated('multi-line', 2, '2')],
    wrong: {
      'not taken in': [plain, decorated('multi-line', 2, '1')],
      'run together': [plain, malformed('malformed-once', '3'), decorated('multi-line-joined', 1, '2')],
    },
  },
  'EVENT-019': {
    right: [plain, decorated('comments', 2, '2')],
    wrong: {
      'stumbled over': [plain, decorated('comments', 2, '1')],
      'an error told': [plain, cut('comments', { to: 2, ...adding([115, { type: 'error', message: 'no field' }]) })],
    },
  },
  'EVENT-020': {
    right: [plain, cut('unknown-type', { to: 2, cursor: '3', first: { sse: upTo(2) + note } })],
    wrong: {
      'an error told': [
        plain,
        cut('unknown-type', {
          to: 2,
          cursor: '3',
          first: { sse: upTo(2) + note },
          ...adding([115, { type: 'error', message: 'unknown type' }]),
        }),
      ],
    },
  },
  'EVENT-021': {
    right: [plain, decorated('unknown-members', 2, '2')],
    wrong: { dropped: [plain, decorated('unknown-members', 2, '1')] },
  },
  'EVENT-022': {
    right: [stall, lively('unknown-alive', tick)],
    wrong: { 'held for dead': [stall, lively('unknown-alive', tick, 720)] },
  },
  'EVENT-023': {
    right: [plain, cut('unknown-type', { to: 2, cursor: '3', first: { sse: upTo(2) + note } })],
    wrong: { 'not counted': [plain, cut('unknown-type', { to: 2, cursor: '2', first: { sse: upTo(2) + note } })] },
  },
  'EVENT-024': {
    right: [whole, big('big-1mib')],
    wrong: { 'not taken in': [whole, big('big-1mib', withoutLarge)] },
  },
  'EVENT-025': {
    right: [
      whole,
      big(
        'big-4mib',
        changing(
          ({ id, type }) => Number(id) > 1 || type === 'error',
          ({ type }) => (type === 'error' ? [{ type, code: 'too_large' }] : []),
        ),
      ),
    ],
    wrong: { 'fails without a word': [whole, big('big-4mib', withoutLarge)] },
  },
  'EVENT-026': {
    right: [plain, malformed('malformed-once', '3')],
    wrong: { 'nobody is told': [plain, malformed('malformed-once', '3', {})] },
  },
  'EVENT-027': {
    right: [plain, malformed('malformed-once', '3')],
    wrong: { 'cursor past it': [plain, malformed('malformed-once', '4')] },
  },
  'EVENT-028': {
    right: [plain, malformedTwice()],
    wrong: {
      'a third time': [plain, malformedTwice({ at: 3300, cursor: '3', sse: broken })],
      'not again': [plain, played('malformed-once', [{ at: 100, sse: broken }], said)],
    },
  },
  'EVENT-029': {
    right: [plain, decorated('nul-id', 2, '2')],
    wrong: { 'what stands before the NUL': [plain, decorated('nul-id', 2, '3')] },
  },
  'ID-008': {
    right: [plain, cut('numeric-ids', { to: 10, second: { sse: heartbeatText() + chunks(9, 12) } })],
    wrong: {
      'as text': [plain, cut('numeric-ids', { to: 10, cursor: '9', second: { sse: heartbeatText() + chunks(9, 12) } })],
    },
  },
};
