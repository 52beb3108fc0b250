/** RETRY-016 to RETRY-018: what cursor a request carries. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { cursorOf, placeAt, reportedIds, type Session, sessionsOf } from './session.js';
import { describeCursor, overSessions, PLAIN_CUTS, withExpectedCursor } from './shapes.js';

const WITH_CURSOR = [
  ...PLAIN_CUTS,
  'cut-always',
  'progress-resets',
  'finished-204',
  'stall',
  'numeric-ids',
  'trace-kept',
  'redirect-resumed',
];

/** Nothing can get lost or doubled on the way in these, so that the cursor is the last id that was sent. */
const EXACT = ['cut-after', 'finished-204', 'stall', 'trace-kept', 'progress-resets', 'redirect-resumed'];

/** A browser drops what it has not read yet when the connection breaks: there the last id that was sent may never arrive. */
const BROKEN = ['reset-after', 'truncated-after'];

/** Id of the event that is cut in the middle. */
const CUT_ID = 4;

function* judgePresent(evidence: Evidence): Iterable<Sighting> {
  for (const session of sessionsOf(evidence, WITH_CURSOR)) {
    for (const { connection, expected } of withExpectedCursor(session)) {
      if (expected > 0) {
        const cursor = cursorOf(connection);
        const place = placeAt(session, connection.sentAtMs, connection);
        const exact = EXACT.includes(session.scenario.scenario);
        if (cursor === undefined && BROKEN.includes(session.scenario.scenario) && !showsAnId(session, connection)) {
          continue;
        }
        yield cursor !== undefined && (!exact || Number(cursor) === expected)
          ? right(place)
          : wrong(place, `the cursor "${expected}"`, describeCursor(cursor));
      }
    }
  }
}

/** True where the client reported an event with an id before that request. */
function showsAnId(session: Session, { sentAtMs }: ConnectionView): boolean {
  const reports = session.reports.filter(({ atMs }) => atMs < sentAtMs);
  return reportedIds({ ...session, reports }).length > 0;
}

function* judgeWhole(session: Session): Iterable<Sighting> {
  for (const connection of session.connections.slice(1, 2)) {
    const cursor = cursorOf(connection);
    const place = placeAt(session, connection.sentAtMs, connection);
    if (cursor === String(CUT_ID)) {
      yield wrong(place, `a cursor below ${CUT_ID}: that event was cut in the middle`, describeCursor(cursor));
    } else if (cursor === String(CUT_ID - 1)) {
      yield right(place);
    }
  }
}

function* judgeSurvives(session: Session): Iterable<Sighting> {
  const [, second, ...later] = session.connections;
  const kept = second && cursorOf(second);
  if (kept === undefined) {
    return;
  }
  for (const connection of later) {
    const cursor = cursorOf(connection);
    const place = placeAt(session, connection.sentAtMs, connection);
    yield cursor === kept ? right(place) : wrong(place, `the cursor "${kept}" still`, describeCursor(cursor));
  }
}

const OCCASION = 'Let the client reconnect after a cut.';

export const cursors = {
  'RETRY-016': {
    from: WITH_CURSOR,
    observes: 'Whether each request after the first event with an id carries a cursor, in the header or the query.',
    occasion: OCCASION,
    mend: 'Send Last-Event-ID, or last_event_id in the query, with every attempt.',
    judge: judgePresent,
  },
  'RETRY-017': overSessions(
    {
      from: ['cut-mid-event', 'cut-before-blank-line'],
      observes: 'The cursor after connections that ended in the data of an event, and before its blank line.',
      occasion: OCCASION,
      mend: 'Move the cursor when an event is dispatched, not when its id line is read.',
    },
    judgeWhole,
  ),
  'RETRY-018': overSessions(
    {
      from: ['cursor-survives'],
      observes: 'The cursor after an attempt that got 503, and one that got nothing.',
      occasion: OCCASION,
      mend: 'Keep the cursor with the stream, not with the connection.',
    },
    judgeSurvives,
  ),
} satisfies RuleBook<'client', 'RETRY'>;
