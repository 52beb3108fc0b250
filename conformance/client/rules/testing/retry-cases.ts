/** Cases of the rules on the course of a stream: when a client comes back, and with what. */
import { heartbeatText } from '../../../evidence/fixture.js';
import {
  adding,
  changing,
  chunks,
  cut,
  FULL,
  type Play,
  type Played,
  played,
  restAfter,
  upTo,
} from './client-fixture.js';
import { plain } from './reading-cases.js';
import type { RuleCases } from './verdicts.js';

const heartbeat = heartbeatText();

/** Requests one after another, lost at once, with these delays between them. */
const losing = (name: string, delaysMs: readonly number[], one: Partial<Played> = {}, first: Partial<Played> = one) => {
  const at = [0, ...delaysMs].map((_, index) =>
    delaysMs.slice(0, index).reduce((sum, delayMs) => sum + delayMs + 90, 100),
  );
  return played(
    name,
    at.map((ms, index) => ({ at: ms, ...(index === 0 ? first : one) })),
  );
};

const dropped = { status: null } as const;
const opened = { sse: '' } as const;

const BACKOFF = [900, 1900, 3900, 4800, 4700];
const hopeless = losing('drop-always', BACKOFF, dropped);
const forEver = [...BACKOFF, 4900, 4800, 4700];

const delays = (ms: (index: number) => number) =>
  Array.from(
    { length: 24 },
    (_, index) => ['cut-after', 'reset-after', 'truncated-after', ...STATUSES, ...OTHERS][index],
  )
    .filter((name) => name !== undefined)
    .map((name, index) => cut(name, { delayMs: ms(index) }));
const STATUSES = [408, 425, 429, 500, 502, 503, 504].map((status) => `status-${status}`);
const OTHERS = ['duplicates', 'trace-kept', 'retry-zero'];

/** Seven connections with a new id each, then the rest. */
const progressing = (delaysMs: readonly number[], play: Play = {}) => {
  let at = 100;
  const connections = delaysMs.map((delayMs, index): Played => {
    const one = {
      at,
      sse: heartbeat + chunks(index + 1, index + 1),
      ...(index === 0 ? {} : { cursor: String(index) }),
    };
    at += 100 + delayMs;
    return one;
  });
  return played(
    'progress-resets',
    [...connections, { at, cursor: String(delaysMs.length), sse: restAfter(delaysMs.length) }],
    play,
  );
};
const SEVEN = [900, 950, 1000, 1050, 920, 980, 1010];

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Partial<Played> => ({
  status: code,
  sse: '',
  headers: Object.entries(headers),
});

/** A status, and the rest a delay after it. */
const retried = (name: string, code: number, delayMs = 1000, headers: Readonly<Record<string, string>> = {}) =>
  played(name, [
    { at: 100, ...status(code, headers) },
    { at: 105 + delayMs, sse: FULL },
  ]);

const floor = (name: string, value: string, delayMs: number, reportedMs?: number) =>
  cut(name, {
    delayMs,
    first: { sse: `retry: ${value}\n\n${upTo(3)}` },
    ...(reportedMs === undefined
      ? {}
      : changing(
          ({ state }) => state === 'reconnecting',
          (line) => [{ ...line, delayMs: reportedMs }],
        )),
  });
const waiting = (reportedMs: number) =>
  played(
    'retry-huge',
    [{ at: 100, sse: `retry: 99999999999\n\n${upTo(3)}` }],
    changing(
      ({ type, state }) => type === 'error' || state === 'failed',
      ({ state }) => (state === undefined ? [] : [{ type: 'state', state: 'reconnecting', delayMs: reportedMs }]),
    ),
  );

export const retryCases: RuleCases = {
  'RETRY-001': {
    right: [plain],
    wrong: {
      'not back': [played('reset-after', [{ at: 100, sse: upTo(3), end: { kind: 'reset' } }])],
      'never connected': [plain, losing('drop-always', [], dropped)],
    },
  },
  'RETRY-002': {
    right: [retried('status-503', 503)],
    wrong: { 'not back': [plain, played('status-429', [{ at: 100, ...status(429) }])] },
  },
  'RETRY-003': {
    right: [plain, cut('finished-204', { second: { status: 204, sse: '' } })],
    wrong: {
      back: [
        played('finished-204', [
          { at: 100, sse: upTo(3) },
          { at: 1200, cursor: '3', ...status(204) },
          { at: 3300, cursor: '3', ...status(204) },
        ]),
      ],
    },
    also: ['STATE-009'],
  },
  'RETRY-004': {
    right: [plain, played('status-404', [{ at: 100, ...status(404) }])],
    wrong: {
      back: [
        plain,
        played('status-410', [
          { at: 100, ...status(410) },
          { at: 1200, ...status(410) },
        ]),
      ],
    },
  },
  'RETRY-005': {
    right: [plain, played('wrong-type', [{ at: 100, ...status(200, { 'Content-Type': 'text/html' }) }])],
    wrong: {
      back: [plain, losing('wrong-type', [1000], status(200, { 'Content-Type': 'text/html' }))],
    },
  },
  'RETRY-006': {
    right: [hopeless],
    wrong: {
      'at once': [cut('cut-after', { delayMs: 5 })],
      'always a second': [losing('drop-always', [1000, 1010, 990, 1000, 1000], dropped)],
    },
  },
  'RETRY-007': {
    right: [hopeless],
    wrong: {
      'three seconds': [cut('cut-after', { delayMs: 3000 })],
      'without a cap': [losing('drop-always', [1000, 2000, 4000, 8000], dropped)],
    },
  },
  'RETRY-008': {
    right: delays((index) => 900 + ((index * 37) % 200)).concat(progressing(SEVEN)),
    wrong: { 'always the same': delays(() => 1000).concat(progressing(SEVEN.map(() => 1003))) },
  },
  'RETRY-009': {
    right: [floor('retry-floor', '2500', 2600)],
    wrong: { sooner: [floor('retry-floor', '2500', 1000)] },
  },
  'RETRY-010': {
    right: [floor('retry-floor', '2500', 2600), waiting(60_000)],
    wrong: {
      'at once': [floor('retry-floor', '2500', 2600), floor('retry-huge', '99999999999', 1)],
      'for years': [floor('retry-floor', '2500', 2600), waiting(99_999_999_999)],
    },
  },
  'RETRY-011': {
    right: [plain, floor('retry-malformed', '4000x', 1050)],
    wrong: { 'four seconds': [plain, floor('retry-malformed', '4000x', 4000)] },
  },
  'RETRY-012': {
    right: [
      retried('retry-after', 503, 3100, { 'Retry-After': '3' }),
      retried('retry-after-429', 429, 2100, { 'Retry-After': '2' }),
    ],
    wrong: {
      sooner: [retried('retry-after', 503, 1000, { 'Retry-After': '3' })],
      'sooner after 429': [retried('retry-after-429', 429, 1000, { 'Retry-After': '2' })],
    },
  },
  'RETRY-013': {
    right: [hopeless],
    wrong: { eight: [losing('drop-always', forEver, dropped)] },
  },
  'RETRY-014': {
    right: [hopeless, losing('drop-8', BACKOFF, opened)],
    wrong: { 'begins anew': [hopeless, losing('drop-8', [900, 950, 1000, 990, 1020, 960, 940, 1010], opened)] },
  },
  'RETRY-015': {
    right: [progressing(SEVEN), progressing(SEVEN.map((delayMs) => 3 * delayMs))],
    wrong: {
      'gives up': [losing('progress-resets', [1000, 1000], { cursor: '1', sse: upTo(1) }, { sse: upTo(1) })],
      'waits longer and longer': [progressing([900, 1900, 3900, 5000, 5000, 5000, 5000])],
    },
    also: ['RETRY-006', 'RETRY-007'],
  },
  'RETRY-016': {
    right: [plain],
    wrong: {
      none: [plain, cut('trace-kept', { cursor: '', second: { sse: FULL } })],
      'one behind': [cut('cut-after', { cursor: '2' })],
    },
  },
  'RETRY-017': {
    right: [cut('cut-mid-event', { first: { sse: `${upTo(3)}event: content_chunk\nid: 4\ndata: {"con` } })],
    wrong: {
      'the half one': [
        cut('cut-mid-event', { cursor: '4', first: { sse: `${upTo(3)}event: content_chunk\nid: 4\ndata: {"con` } }),
      ],
      'the one without its blank line': [
        cut('cut-before-blank-line', {
          cursor: '4',
          first: { sse: `${upTo(3)}event: content_chunk\nid: 4\ndata: {}\n` },
        }),
      ],
    },
  },
  'RETRY-018': {
    right: [survivor('3')],
    wrong: { lost: [survivor('')] },
  },
  'RETRY-019': {
    right: [],
    wrong: { 'of another stream': [plain, played('whole', [{ at: 100, cursor: '3', sse: restAfter(3) }], adding())] },
  },
  'RETRY-020': {
    right: [],
    wrong: {
      'still there': [plain, startedTwice('9')],
    },
  },
  'RETRY-022': {
    right: [plain, silentOpen(10_050)],
    wrong: { 'thirteen seconds': [plain, silentOpen(13_000)] },
  },
};

function startedTwice(cursor: string) {
  return played(
    'started-twice',
    [
      { at: 100, sse: FULL },
      { at: 900, cursor, status: 204, sse: '' },
    ],
    {
      reports: () => [],
      more: { notes: { 'started-again-atMs': 800 } },
    },
  );
}

function survivor(later: string) {
  const cursor = later === '' ? {} : { cursor: later };
  return played('cursor-survives', [
    { at: 100, sse: upTo(3) },
    { at: 1200, cursor: '3', ...status(503) },
    { at: 3200, ...cursor, ...dropped },
    { at: 7200, ...cursor, sse: FULL },
  ]);
}

function silentOpen(untilMs: number) {
  return played('slow-open', [
    { at: 0, status: null, end: { atMs: untilMs, by: 'target', kind: 'closed' } },
    { at: untilMs + 1000, sse: FULL },
  ]);
}
