/** STATE-010 and STATE-011: pages that are hidden and wake up. */
import { notApplicable, placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { placeAt, type Session } from './session.js';
import { overSessions } from './shapes.js';

/** Within which a client that woke up sends its request. */
const AT_ONCE_MS = 500;

const NO_PAGE = 'The client runs in no page that the kit can hide and wake.';
const OCCASION = 'Run the client in a page: `--browser PAGE`.';

function* judgeHidden(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  const { notes } = session.scenario;
  if (notes['cue-hide'] === false) {
    yield notApplicable(NO_PAGE);
  } else if (notes['cue-hide'] === true && first !== undefined) {
    const closed = first.end.by === 'target' && first.terminal === undefined;
    yield closed
      ? wrong(placeAt(session, first.end.atMs, first), 'open while the page is hidden', 'closed by the client')
      : right(placeOf(first));
  }
}

function* judgeWoken(session: Session): Iterable<Sighting> {
  const { notes } = session.scenario;
  const wokenMs = notes['cue-wake-atMs'];
  if (notes['cue-wake'] === false) {
    yield notApplicable(NO_PAGE);
    return;
  }
  if (notes['cue-wake'] !== true || typeof wokenMs !== 'number') {
    return;
  }
  const next = session.connections.find(({ sentAtMs }) => sentAtMs >= wokenMs);
  const afterMs = Math.round((next?.sentAtMs ?? Number.POSITIVE_INFINITY) - wokenMs);
  const place = placeAt(session, next?.sentAtMs ?? wokenMs, next);
  yield afterMs <= AT_ONCE_MS + LATE_MS
    ? right(place)
    : wrong(place, 'a request at once when the page woke up', next ? `a request after ${afterMs} ms` : 'no request');
}

export const page = {
  'STATE-010': overSessions(
    {
      from: ['hidden'],
      observes: 'Whether the connection stays open while the page is hidden.',
      occasion: OCCASION,
      mend: 'Do nothing when the page is hidden; a silence is judged when it wakes up.',
      timed: true,
    },
    judgeHidden,
  ),
  'STATE-011': overSessions(
    {
      from: ['wake'],
      observes: 'How soon a client that waits to reconnect does so when its page wakes up.',
      occasion: OCCASION,
      mend: 'On visibilitychange, pageshow and online: skip the running delay and connect.',
      timed: true,
    },
    judgeWoken,
  ),
} satisfies RuleBook<'client', 'STATE'>;
