/** RETRY-013 to RETRY-015: how often a client tries, and what counts as progress. */
import type { Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { delaysOf, nameBackoff } from './delays.js';
import { placeAt, type Session, sessionsOf } from './session.js';
import { overSessions } from './shapes.js';

/** Reconnections in a row without progress (RETRY-013). */
const MAX_ATTEMPTS = 5;

/** Every request fails in these; `first` tells how many connections come before the row of failures. */
const HOPELESS = ['cut-always', 'drop-always'];

const OPENED = 'drop-8';

function inWords(session: Session): string {
  return nameBackoff(delaysOf(session).map(({ delayMs }) => delayMs));
}

function* judgeBound(session: Session): Iterable<Sighting> {
  const retries = session.connections.length - 1;
  const last = session.connections.at(-1);
  if (last === undefined || retries === 0) {
    return;
  }
  const place = placeAt(session, last.sentAtMs, last);
  if (retries > MAX_ATTEMPTS) {
    yield wrong(place, `at most ${MAX_ATTEMPTS} reconnections without progress`, `${retries}; ${inWords(session)}`);
  } else if (session.scenario.outcome === 'done') {
    yield right(place);
  }
}

/** Whether the delays of a session grow as its attempts do; undefined where there are too few. */
function grows(session: Session | undefined): boolean | undefined {
  const [first, , third] = session === undefined ? [] : delaysOf(session);
  return first === undefined || third === undefined ? undefined : third.delayMs > 1.5 * first.delayMs;
}

function* judgeOpening(session: Session, evidence: Evidence): Iterable<Sighting> {
  const last = session.connections.at(-1);
  const retries = session.connections.length - 1;
  if (last === undefined || retries === 0) {
    return;
  }
  const place = placeAt(session, last.sentAtMs, last);
  if (retries <= MAX_ATTEMPTS) {
    yield right(place);
    return;
  }
  // A client without any bound, or without growth anywhere, has another fault; this one shows in the comparison.
  const [hopeless] = sessionsOf(evidence, ['drop-always']);
  const boundElsewhere = hopeless !== undefined && hopeless.connections.length - 1 <= MAX_ATTEMPTS;
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
  const grown = delaysOf(session).find(({ delayMs, backoffMs }) => delayMs > 1.1 * backoffMs + LATE_MS);
  if (!terminal && session.scenario.outcome === 'done') {
    const seen = `gave up after ${session.connections.length} connections`;
    yield wrong(placeOf(first), 'seven reconnections, since each brought a new id', seen);
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
      from: HOPELESS,
      observes: 'How many reconnections follow where every one fails.',
      occasion: 'Let the client reconnect, with its default number of attempts.',
      mend: 'Count attempts without progress and announce failed after the fifth.',
    },
    judgeBound,
  ),
  'RETRY-014': overSessions(
    {
      from: [OPENED, 'drop-always'],
      observes: 'Whether answers that open and bring nothing keep the client going for ever.',
      occasion: 'Let the client reconnect, with its default number of attempts.',
      mend: 'Reset the count when a new id was taken in, not in the handler of open.',
    },
    (session, evidence) => (session.scenario.scenario === OPENED ? judgeOpening(session, evidence) : []),
  ),
  'RETRY-015': overSessions(
    {
      from: ['progress-resets'],
      observes: 'Whether seven cuts in a row, each after a new event, use up the attempts or lengthen the delays.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Reset the count with every new id.',
      timed: true,
    },
    judgeProgress,
  ),
} satisfies RuleBook<'client', 'RETRY'>;
