/** Cases of the rules on the course of a stream: HEARTBEAT, END, DEDUPE, TRACE. */
import { completeText, eventText, heartbeatText } from '../../../evidence/fixture.js';
import { adding, changing, chunks, cut, FULL, type Play, played, restAfter, upTo } from './client-fixture.js';
import { lively, plain, stall } from './reading-cases.js';
import type { RuleCases } from './verdicts.js';

const heartbeat = heartbeatText();

const gap = heartbeat + chunks(1, 2) + chunks(4, 8) + completeText(9);
const toTwo = changing(
  ({ id, state }) => Number(id) > 2 || state === 'completed',
  ({ state }) => (state === undefined ? [] : [{ type: 'state', state: 'reconnecting' }]),
);

/** Closed by the client at each jump; the last is the end. */
const jumping = (cursors: readonly string[], code: string) =>
  played(
    'gap-always',
    ['', ...cursors].map((cursor, index) => ({
      at: 100 + 1200 * index,
      ...(cursor === '' ? {} : { cursor }),
      sse: gap,
      end: { by: 'target', kind: 'closed' } as const,
    })),
    {
      reports: (lines) => [
        ...lines
          .filter(
            ({ report, atMs }) =>
              !(Number(report.id) > 2) && !(report.state === 'completed' && atMs > 100 + 1200 * cursors.length),
          )
          .map((one) =>
            one.report.state === 'completed' ? { ...one, report: { type: 'state', state: 'reconnecting' } } : one,
          ),
        { atMs: 100 + 1200 * cursors.length + 60, report: { type: 'state', state: 'failed', code } },
      ],
    },
  );

const refused = (name: string, code: string, play: Play = {}) =>
  cut(name, { second: { sse: eventText('error', { code, message: 'gone', retryable: true }) }, ...play });

const failing = played('error-in-band', [
  {
    at: 100,
    sse: upTo(3) + eventText('error', { code: 'x-failed', message: 'the model gave up', retryable: false }, 4),
  },
]);

const capped = (play: Play = {}) =>
  played('cap-reached', [{ at: 100, sse: upTo(3) + completeText(4, { reason: 'duration_cap' }) }], play);

export const courseCases: RuleCases = {
  'HEARTBEAT-013': {
    right: [stall],
    wrong: {
      'still open': [cut('stall', { first: { end: { atMs: 4700, by: 'kit', kind: 'eof' } } })],
      'closed late': [cut('stall', { first: { end: { atMs: 2900, by: 'target', kind: 'closed' } } })],
      'not back': [played('stall', [{ at: 100, sse: upTo(3), end: { atMs: 760, by: 'target', kind: 'closed' } }])],
      'before any event': [
        cut('stall-at-start', { to: 0, cursor: '', first: { sse: '', end: { atMs: 4700, by: 'kit', kind: 'eof' } } }),
      ],
      'back before it is closed': [
        played(
          'stall',
          [
            { at: 100, sse: upTo(3), end: { atMs: 1500, by: 'target', kind: 'closed' } },
            { at: 1400, cursor: '3', sse: restAfter(3) },
          ],
          { reports: (lines) => lines.filter(({ report }) => report.type === 'event') },
        ),
      ],
    },
  },
  'HEARTBEAT-014': {
    right: [stall],
    wrong: { 'closed early': [cut('stall', { first: { end: { atMs: 400, by: 'target', kind: 'closed' } } })] },
  },
  'HEARTBEAT-015': {
    right: [stall, lively('heartbeats-only', heartbeat)],
    wrong: { 'closed while alive': [stall, lively('heartbeats-only', heartbeat, 750)] },
  },
  'END-007': {
    right: [plain],
    wrong: {
      'completed after a cut': [
        cut(
          'cut-after',
          changing(
            ({ state }) => state === 'reconnecting',
            (line) => [{ ...line, state: 'completed' }],
          ),
        ),
      ],
      'exit with 0': [
        played('cut-after', [{ at: 100, sse: upTo(3) }], {
          reports: (lines) => lines.filter(({ report }) => report.type === 'event'),
          more: { process: { exitCode: 0, stderr: '' } },
        }),
      ],
    },
    also: ['RETRY-001', 'STATE-002', 'STATE-006', 'STATE-009', 'STATE-007'],
  },
  'END-008': {
    right: [plain, played('complete-open', [{ at: 100, sse: FULL }])],
    wrong: {
      'left open': [
        plain,
        played('complete-open', [{ at: 100, sse: FULL, end: { atMs: 3100, by: 'kit', kind: 'eof' } }]),
      ],
    },
  },
  'END-009': {
    right: [plain, played('whole', [{ at: 100, sse: FULL }])],
    wrong: {
      'asks again': [
        plain,
        played(
          'after-complete',
          [
            { at: 100, sse: FULL },
            { at: 1200, cursor: '9', status: 204 },
          ],
          { reports: (lines) => lines.slice(0, -2) },
        ),
      ],
    },
  },
  'END-010': {
    right: [
      played(
        'after-complete',
        [{ at: 100, sse: FULL + chunks(10, 10) }],
        changing(
          ({ id }) => id === '10',
          () => [],
        ),
      ),
    ],
    wrong: { delivered: [played('after-complete', [{ at: 100, sse: FULL + chunks(10, 10) }])] },
  },
  'END-011': {
    right: [capped()],
    wrong: {
      'shown as done': [
        capped(
          changing(
            ({ state }) => state === 'completed',
            (line) => [{ ...line, reason: 'done', truncated: false }],
          ),
        ),
      ],
      'said to be whole': [
        capped(
          changing(
            ({ state }) => state === 'completed',
            (line) => [{ ...line, truncated: false }],
          ),
        ),
      ],
    },
  },
  'END-012': {
    right: [plain, failing],
    wrong: {
      'comes back': [
        plain,
        {
          ...played('error-in-band', [
            { at: 100, sse: upTo(3) + eventText('error', { code: 'x-failed', message: 'gone' }, 4) },
            { at: 1200, cursor: '4', status: 204 },
          ]),
          reports: failing.reports ?? [],
        },
      ],
    },
    also: ['END-013', 'STATE-009'],
  },
  'END-013': {
    right: [failing, refused('replay-gap', 'replay_gap')],
    wrong: {
      'another message': [
        {
          ...failing,
          reports: (failing.reports ?? []).map(({ atMs, report }) => ({
            atMs,
            report: report.message === undefined ? report : { ...report, message: 'oops' },
          })),
        },
      ],
    },
  },
  'DEDUPE-001': {
    right: [cut('duplicates', { second: { sse: FULL } })],
    wrong: {
      twice: [
        cut('duplicates', {
          second: { sse: FULL },
          ...adding([1300, { type: 'event', event: 'content_chunk', id: '2', data: {} }]),
        }),
      ],
    },
  },
  'DEDUPE-002': {
    right: [stall, lively('heartbeats-only', heartbeat)],
    wrong: {
      dropped: [
        stall,
        {
          ...lively('heartbeats-only', heartbeat),
          reports: (lively('heartbeats-only', heartbeat).reports ?? []).filter(
            ({ atMs, report }) => report.event !== 'heartbeat' || atMs < 200,
          ),
        },
      ],
    },
  },
  'DEDUPE-004': {
    right: [
      plain,
      cut('gap-once', { cursor: '2', first: { sse: gap, end: { by: 'target', kind: 'closed' } }, ...toTwo }),
    ],
    wrong: {
      'goes on': [
        plain,
        played(
          'gap-once',
          [{ at: 100, sse: gap }],
          adding([110, { type: 'event', event: 'content_chunk', id: '4', data: {} }]),
        ),
      ],
      'ends over a gap': [
        plain,
        played(
          'gap-before-end',
          [{ at: 100, sse: upTo(7) + completeText(9) }],
          adding([115, { type: 'state', state: 'completed' }]),
        ),
      ],
      'leaves one out': [
        plain,
        played(
          'whole',
          [{ at: 100, sse: FULL }],
          changing(
            ({ id }) => id === '5',
            () => [],
          ),
        ),
      ],
    },
  },
  'DEDUPE-005': {
    right: [
      plain,
      cut('gap-once', { cursor: '2', first: { sse: gap, end: { by: 'target', kind: 'closed' } }, ...toTwo }),
    ],
    wrong: {
      'not back': [plain, played('gap-once', [{ at: 100, sse: gap, end: { by: 'target', kind: 'closed' } }], toTwo)],
      'from further back': [
        plain,
        cut('gap-once', { cursor: '1', first: { sse: gap, end: { by: 'target', kind: 'closed' } }, ...toTwo }),
      ],
    },
  },
  'DEDUPE-006': {
    right: [plain, jumping(['2'], 'gap')],
    wrong: {
      'a third time': [plain, jumping(['2', '2'], 'gap')],
      'another code': [plain, jumping(['2'], 'lost')],
    },
  },
  'TRACE-008': {
    right: [
      cut('cut-after', { first: { request: { 'X-Trace-ID': 'a' } }, second: { request: { 'X-Trace-ID': 'a' } } }),
    ],
    wrong: {
      another: [
        cut('cut-after', { first: { request: { 'X-Trace-ID': 'a' } }, second: { request: { 'X-Trace-ID': 'b' } } }),
      ],
      'another traceparent': [
        cut('trace-kept', {
          first: { request: { traceparent: '00-aa-bb-01' } },
          second: { request: { traceparent: '00-cc-bb-01' } },
        }),
      ],
    },
  },
};
