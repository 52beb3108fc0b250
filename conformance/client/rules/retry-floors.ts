/** RETRY-009 to RETRY-012: the times that a server asks a client to wait. */
import type { Evidence } from '../../evidence/types.js';
import { type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { type Delay, delaysOf } from './delays.js';
import { lostAtMs, placeAt, reportsOf, retriesAtAll, type Session, sessionsOf, textOf } from './session.js';
import { overSessions, PLAIN_CUTS } from './shapes.js';

/** What the `retry` field of `retry-floor` asks for. */
export const FLOOR_MS = 2500;
/** What Retry-After asks for, by scenario. A date is in whole seconds, four of them ahead when it was written. */
export const RETRY_AFTER_MS = 3000;
const RETRY_AFTER_429_MS = 2000;
const RETRY_AFTER_DATE_MS = 3000;
const CLAMP_MS = 60_000;
/** A client may add a tenth to a floor. */
const MOST_FLOOR = 1.1;

function firstDelay(session: Session | undefined): Delay | undefined {
  return session === undefined ? undefined : delaysOf(session)[0];
}

function* judgeAtLeast(session: Session, leastMs: number, what: string, count = 1): Iterable<Sighting> {
  for (const delay of delaysOf(session).slice(0, count)) {
    yield* judgeDelay(delay, leastMs, what);
  }
}

function* judgeDelay(delay: Delay, leastMs: number, what: string): Iterable<Sighting> {
  const { session } = delay;
  const place = placeAt(session, delay.connection.sentAtMs, delay.connection);
  yield delay.delayMs >= leastMs - EARLY_MS
    ? right(place)
    : wrong(place, `at least ${leastMs} ms, as ${what} asks`, `${Math.round(delay.delayMs)} ms`);
}

/**
 * The upper side of the clamp takes a minute to see on the wire: what the client reports as its delay stands in for it.
 * A request within the watch is the known overflow of timers beyond 2^31 ms.
 */
function* judgeClamp(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const ofField = session.scenario.scenario === 'retry-huge';
  const [plain] = sessionsOf(evidence, [ofField ? 'retry-floor' : 'retry-after']);
  const obeys = (firstDelay(plain)?.delayMs ?? 0) >= (ofField ? FLOOR_MS : RETRY_AFTER_MS) - EARLY_MS;
  if (first === undefined || !obeys) {
    return;
  }
  const delay = firstDelay(session);
  const reported = reportsOf(session, 'state')
    .filter((report) => textOf(report, 'state') === 'reconnecting')
    .map(({ report }) => report.delayMs)
    .find((value) => typeof value === 'number');
  const place = placeAt(session, delay?.connection.sentAtMs ?? first.end.atMs, first);
  const expected = 'a delay of 60 s';
  if (delay !== undefined && delay.delayMs < CLAMP_MS - EARLY_MS) {
    yield wrong(place, expected, `another request after ${Math.round(delay.delayMs)} ms`);
  } else if (typeof reported === 'number') {
    yield reported >= CLAMP_MS - EARLY_MS && reported <= CLAMP_MS * MOST_FLOOR + LATE_MS
      ? right(place)
      : wrong(place, expected, `a reported delay of ${Math.round(reported)} ms`);
  } else if (delay !== undefined) {
    yield delay.delayMs <= CLAMP_MS * MOST_FLOOR + LATE_MS
      ? right(place)
      : wrong(place, expected, `${delay.delayMs} ms`);
  }
}

/** The delay after malformed fields is what it is without them; both sides count, since "1e9" has been read as 1 ms. */
function* judgeMalformed(session: Session, evidence: Evidence): Iterable<Sighting> {
  const delay = firstDelay(session);
  const usual = sessionsOf(evidence, PLAIN_CUTS).flatMap((other) => firstDelay(other)?.delayMs ?? []);
  const [first] = session.connections;
  if (first === undefined || usual.length === 0) {
    return;
  }
  if (delay === undefined) {
    if (session.scenario.outcome === 'done' && retriesAtAll(evidence)) {
      yield wrong(placeAt(session, lostAtMs(first), first), 'a delay as without the field', 'no other request');
    }
    return;
  }
  const place = placeAt(session, delay.connection.sentAtMs, delay.connection);
  const least = 0.5 * Math.min(...usual) - EARLY_MS;
  const most = 2.2 * Math.max(...usual) + LATE_MS;
  yield delay.delayMs >= least && delay.delayMs <= most
    ? right(place)
    : wrong(
        place,
        `a delay as without the field: ${Math.round(Math.min(...usual))} to ${Math.round(Math.max(...usual))} ms elsewhere`,
        `${Math.round(delay.delayMs)} ms`,
      );
}

const RETRY_AFTER = new Map([
  ['retry-after', RETRY_AFTER_MS],
  ['retry-after-429', RETRY_AFTER_429_MS],
  ['retry-after-date', RETRY_AFTER_DATE_MS],
]);

const HUGE = ['retry-huge', 'retry-after-huge'];

export const floors = {
  'RETRY-009': overSessions(
    {
      from: ['retry-floor'],
      observes: 'The delay after a `retry: 2500`, and the one after that, over malformed fields.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Take the last valid retry field as the least delay, also after a clean end.',
      timed: true,
    },
    (session) => judgeAtLeast(session, FLOOR_MS, 'the retry field', 2),
  ),
  'RETRY-010': overSessions(
    {
      from: [...HUGE, 'retry-floor', 'retry-after'],
      observes:
        'The delay after a retry field of three years, and a Retry-After of a day, seen for 8 s and as reported.',
      occasion:
        'Report the delay: `{"type":"state","state":"reconnecting","delayMs":60000}`, or let the kit watch for 60 s.',
      mend: 'Clamp to 60 s before the timer is set: timers beyond 2^31 ms fire at once.',
      timed: true,
    },
    (session, evidence) => (HUGE.includes(session.scenario.scenario) ? judgeClamp(session, evidence) : []),
  ),
  'RETRY-011': overSessions(
    {
      from: ['retry-malformed', ...PLAIN_CUTS],
      observes: 'The delay after malformed retry fields, beside the delays without any.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Take a retry field only where it is one or more ASCII digits and nothing else.',
      timed: true,
    },
    (session, evidence) => (session.scenario.scenario === 'retry-malformed' ? judgeMalformed(session, evidence) : []),
  ),
  'RETRY-012': overSessions(
    {
      from: [...RETRY_AFTER.keys()],
      observes: 'The delay after a 503 with `Retry-After: 3`, with a date, and after a 429 with `Retry-After: 2`.',
      occasion: 'Let the client come back after a 503.',
      mend: 'Read Retry-After of the failed answer and wait at least that long.',
      timed: true,
    },
    (session) => judgeAtLeast(session, RETRY_AFTER.get(session.scenario.scenario) ?? 0, 'Retry-After'),
  ),
} satisfies RuleBook<'client', 'RETRY'>;
