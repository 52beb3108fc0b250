/** RETRY-013 to RETRY-015: how often a client tries, and what counts as progress. */
import type { Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { delaysOf, nameBackoff } from './delays.js';
import { failuresOf, placeAt, reportsOf, type Session, sessionsOf, textOf } from './session.js';
import { overSessions } from './shapes.js';

/** Reconnections in a row without progress (RETRY-013), unless the client says that it was configured otherwise. */
const MAX_ATTEMPTS = 5;

/** Every request fails: without an answer, or after the first with an answer that brings only a heartbeat. */
const DROPPED = 'drop-always';
const CUT = 'cut-always';

/** Eight answers that open and bring nothing. */
const OPENED = 'drop-8';

/** Connections that last and bring no new id. */
const STABLE = 'stable-resets';

/** Jitter alone makes no delay so much longer than another. */
const GROWTH = 1.5;

/** The client's own number, as it reports it; undefined where it does not. */
function configured(session: Session): number | undefined {
  return reportsOf(session, 'state')
    .filter((report) => textOf(report, 'state') === 'reconnecting')
    .map(({ report }) => report.maxAttempts)
    .find((value): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0);
}

function retriesOf(session: Session): number {
  return session.connections.length - 1;
}

/** True where the client made more reconnections than it may. */
function exceeds(session: Session): boolean {
  return retriesOf(session) > (configured(session) ?? MAX_ATTEMPTS);
}

function inWords(session: Session): string {
  return nameBackoff(delaysOf(session).map(({ delayMs }) => delayMs));
}

function* judgeBound(session: Session, evidence: Evidence): Iterable<Sighting> {
  const retries = retriesOf(session);
  const last = session.connections.at(-1);
  if (last === undefined || retries === 0) {
    return;
  }
  const own = configured(session);
  const place = placeAt(session, last.sentAtMs, last);
  const seen = `${retries}; ${inWords(session)}`;
  if (exceeds(session)) {
    // A count that begins anew whenever an answer opens is RETRY-014's.
    if (session.scenario.scenario === DROPPED || !sessionsOf(evidence, [OPENED]).some(exceeds)) {
      yield wrong(place, `at most ${own ?? MAX_ATTEMPTS} reconnections without progress`, seen);
    }
  } else if (session.scenario.outcome === 'done' && session.scenario.notes.ended !== 'enough') {
    // A client that the kit no longer waited for has not given up.
    const gaveUp = session.scenario.notes.ended === 'client' || failuresOf(session).length > 0;
    yield own === undefined || retries === own || session.scenario.scenario !== DROPPED || !gaveUp
      ? right(place)
      : wrong(place, `the ${own} reconnections that the client announces`, seen);
  }
}

/** Whether the delays of a session grow as its attempts do; undefined where there are too few. */
function grows(session: Session | undefined): boolean | undefined {
  const [first, , third] = session === undefined ? [] : delaysOf(session);
  return first === undefined || third === undefined ? undefined : third.delayMs > GROWTH * first.delayMs;
}

function* judgeOpening(session: Session, evidence: Evidence): Iterable<Sighting> {
  const last = session.connections.at(-1);
  const retries = retriesOf(session);
  if (last === undefined || retries === 0) {
    return;
  }
  const place = placeAt(session, last.sentAtMs, last);
  if (!exceeds(session)) {
    yield right(place);
    return;
  }
  // A client without any bound, or without growth anywhere, has another fault; this one shows in the comparison.
  const [hopeless] = sessionsOf(evidence, [DROPPED]);
  const boundElsewhere = hopeless !== undefined && !exceeds(hopeless);
  const growsElsewhere = grows(hopeless) === true && grows(session) === false;
  if (boundElsewhere || growsElsewhere) {
    yield wrong(
      place,
      `${MAX_ATTEMPTS} reconnections over answers that open and bring nothing`,
      `${retries}: the count resets on open`,
    );
  }
}

function* judgeProgress(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  const terminal = session.connections.some((connection) => connection.terminal !== undefined);
  if (first === undefined || session.connections.length < 2) {
    return;
  }
  // A delay that is too long from the start, and the same ever after, says nothing of a count: it is RETRY-007's.
  const delays = delaysOf(session);
  const shortestMs = Math.min(...delays.map(({ delayMs }) => delayMs));
  const grown = delays.find(
    ({ delayMs, backoffMs }) => delayMs > 1.1 * backoffMs + LATE_MS && delayMs > GROWTH * shortestMs,
  );
  if (!terminal && session.scenario.outcome === 'done') {
    const why = session.scenario.scenario === STABLE ? 'lasted, and brought heartbeats' : 'brought a new id';
    const seen = `gave up after ${session.connections.length} connections`;
    yield wrong(placeOf(first), `another reconnection, since each connection ${why}`, seen);
  } else if (grown !== undefined && session.connections.length > 3) {
    const seen = `${Math.round(grown.delayMs)} ms before ${grown.connection.label}`;
    yield wrong(
      placeAt(session, grown.connection.sentAtMs, grown.connection),
      'the first delay again after a new id',
      seen,
    );
  } else if (terminal) {
    yield right(placeOf(first));
  }
}

export const attempts = {
  'RETRY-013': overSessions(
    {
      from: [DROPPED, CUT, OPENED],
      observes: 'How many reconnections follow where every one fails.',
      occasion: 'Let the client reconnect, with its default number of attempts.',
      mend: 'Count attempts without progress and announce failed after the fifth.',
    },
    (session, evidence) => (session.scenario.scenario === OPENED ? [] : judgeBound(session, evidence)),
  ),
  'RETRY-014': overSessions(
    {
      from: [OPENED, DROPPED],
      observes: 'Whether answers that open and bring nothing keep the client going for ever.',
      occasion: 'Let the client reconnect, with its default number of attempts.',
      mend: 'Reset the count when a new id was taken in, not in the handler of open.',
    },
    (session, evidence) => (session.scenario.scenario === OPENED ? judgeOpening(session, evidence) : []),
  ),
  'RETRY-015': overSessions(
    {
      from: ['progress-resets', STABLE],
      observes:
        'Whether cuts in a row, each after a new event or a stable time, use up the attempts or lengthen the delays.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Reset the count with every new id, and when a connection lasted twice the heartbeat interval.',
      timed: true,
    },
    judgeProgress,
  ),
} satisfies RuleBook<'client', 'RETRY'>;
