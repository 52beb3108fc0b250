/** Cases of the rules on the states that a client announces. */

import { heartbeatText } from '../../../evidence/fixture.js';
import { adding, changing, chunks, cut, FULL, type Play, played, restAfter, upTo } from './client-fixture.js';
import { plain, whole } from './reading-cases.js';
import type { RuleCases } from './verdicts.js';

const state = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({ type: 'state', state: name, ...more });

const is =
  (name: string) =>
  (line: Readonly<Record<string, unknown>>): boolean =>
    line.state === name;

/** Declared are 0.2 s: waiting is due 0.4 s after the last event. */
const quiet = (play: Play) =>
  played(
    'waiting',
    [
      {
        at: 100,
        sse: [
          [110, upTo(2)],
          [610, heartbeatText()],
          [620, chunks(3, 8) + restAfter(8).slice(heartbeatText().length)],
        ],
      },
    ],
    play,
  );

const announced = adding([515, state('waiting')], [610, state('open')]);

/** A stream that is refused, with another report of it. */
const refused = (name: string, told: Parameters<typeof changing>[1]) =>
  played(
    name,
    [{ at: 100, status: 404, headers: [] }],
    changing(({ code }) => code !== undefined, told),
  );

const failed = (name: string, code: string) => refused(name, (line) => [{ ...line, code }]);

const hidden = (cue: boolean, closedAtMs?: number) =>
  played(
    'hidden',
    [
      closedAtMs === undefined
        ? { at: 100, sse: FULL }
        : { at: 100, sse: upTo(2), end: { atMs: closedAtMs, by: 'target', kind: 'closed' } },
    ],
    { more: { notes: { 'cue-hide': cue, 'cue-hide-atMs': 120 } } },
  );

const woken = (afterMs: number) =>
  cut('wake', { delayMs: 300 + afterMs, more: { notes: { 'cue-wake': true, 'cue-wake-atMs': 500 } } });

export const stateCases: RuleCases = {
  'STATE-001': {
    right: [whole],
    wrong: {
      'a name of its own': [
        cut(
          'cut-after',
          changing(is('open'), (line) => [{ ...line, state: 'connected' }]),
        ),
      ],
    },
  },
  'STATE-002': {
    right: [plain],
    wrong: {
      'idle in between': [
        cut(
          'cut-after',
          changing(is('reconnecting'), (line) => [state('idle'), line]),
        ),
      ],
    },
  },
  'STATE-003': {
    right: [plain],
    wrong: {
      'open twice': [
        cut(
          'cut-after',
          changing(is('open'), (line) => [line, line]),
        ),
      ],
    },
  },
  'STATE-004': {
    right: [quiet(announced)],
    wrong: {
      never: [quiet({})],
      'too early': [quiet(adding([310, state('waiting')], [610, state('open')]))],
    },
  },
  'STATE-005': {
    right: [quiet(announced)],
    wrong: { 'not announced': [quiet(adding([515, state('waiting')], [611, state('reconnecting')]))] },
    also: ['STATE-002', 'STATE-007'],
  },
  'STATE-006': {
    right: [plain],
    wrong: {
      'not announced': [
        cut(
          'cut-after',
          changing(is('reconnecting'), () => []),
        ),
      ],
    },
    also: ['STATE-002'],
  },
  'STATE-007': {
    right: [whole],
    wrong: {
      'another one': [
        played(
          'whole',
          [{ at: 100, sse: FULL }],
          changing(is('completed'), (line) => [line, state('failed', { code: 'x' })]),
        ),
      ],
      none: [
        played(
          'whole',
          [{ at: 100, sse: FULL }],
          changing(is('completed'), () => []),
        ),
      ],
    },
  },
  'STATE-008': {
    right: [plain, played('status-404', [{ at: 100, status: 404, headers: [] }])],
    wrong: {
      'without a code': [plain, refused('status-404', ({ type }) => [{ type, state: 'failed' }])],
      'not announced': [plain, refused('status-404', () => [])],
      'one code for all': ['status-404', 'unknown-cursor', 'gap-always', 'wrong-type'].map((name) =>
        failed(name, 'error'),
      ),
    },
  },
  'STATE-009': {
    right: [whole],
    wrong: {
      'an event': [
        played(
          'whole',
          [{ at: 100, sse: FULL }],
          adding([900, { type: 'event', event: 'heartbeat', id: null, data: {} }]),
        ),
      ],
      'a state': [played('whole', [{ at: 100, sse: FULL }], adding([900, state('open')]))],
    },
  },
  'STATE-010': {
    right: [hidden(true)],
    wrong: { 'closed when hidden': [hidden(true, 200)] },
  },
  'STATE-011': {
    right: [woken(100)],
    wrong: { 'two seconds later': [woken(2000)] },
  },
};
