/** The rules on clients of the chapter on deduplication. */
import type { Evidence, RecordedReport } from '../../evidence/types.js';
import { clientRules, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import {
  cursorAt,
  cursorOf,
  failuresOf,
  placeAt,
  placeOfReport,
  reportedIds,
  reportsAtAll,
  reportsCodes,
  reportsIds,
  reportsOf,
  type Session,
  textOf,
} from './session.js';
import { describeCursor, noRequestAfter, overSessions, REPORT } from './shapes.js';

const TWICE = ['duplicates', 'numeric-ids', 'cut-after'];

/** The id that is left out of the first connection, by scenario. */
const GAPS = new Map([
  ['gap-once', 3],
  ['gap-always', 3],
  ['gap-twice', 3],
  ['gap-at-start', 1],
  ['gap-before-end', 8],
]);

/** Here nothing is left out. */
const WHOLE = 'whole';

/** The id that `gap-twice` leaves out of the second connection. */
const LATER_ID = 7;

function missingOf({ scenario }: Session): number {
  return GAPS.get(scenario.scenario) ?? 0;
}

/** The first id that was reported past the missing one; undefined where none was. */
function deliveredPast(session: Session): number | undefined {
  const missing = missingOf(session);
  const ids = reportedIds(session);
  const at = ids.findIndex((id) => id > missing);
  return ids.slice(0, Math.max(at, 0)).includes(missing) ? undefined : ids[at];
}

function completionOf(session: Session): RecordedReport | undefined {
  return reportsOf(session, 'state').find((report) => textOf(report, 'state') === 'completed');
}

function* judgeOnce(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const ids = reportedIds(session);
  if (first === undefined || !reportsIds(evidence) || session.connections.length < 2) {
    return;
  }
  let highest = 0;
  const again = ids.find((id) => {
    const seen = id <= highest;
    highest = Math.max(highest, id);
    return seen;
  });
  yield again === undefined
    ? right(placeOf(first))
    : wrong(
        placeOf(first),
        'each id reported once, ascending',
        `event ${again} reported again: ${ids.join(', ').slice(0, 120)}`,
      );
}

function* judgeWithoutId(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  const heartbeats = reportsOf(session, 'event').filter((report) => textOf(report, 'event') === 'heartbeat').length;
  const sent = first?.events('heartbeat').length ?? 0;
  if (first === undefined || heartbeats === 0 || sent < 3 || first.terminal === undefined) {
    return;
  }
  yield heartbeats >= sent
    ? right(placeOf(first))
    : wrong(placeOf(first), `all ${sent} heartbeats reported`, `${heartbeats}: those after the first id were dropped`);
}

function* judgeNotPast(session: Session, evidence: Evidence): Iterable<Sighting> {
  if (session.scenario.scenario === WHOLE) {
    yield* judgeNothingLeftOut(session);
    return;
  }
  const [first, second] = session.connections;
  const missing = missingOf(session);
  const past = deliveredPast(session);
  if (first === undefined) {
    return;
  }
  if (past !== undefined) {
    yield wrong(placeOf(first), `no event past the missing ${missing}`, `event ${past} reported`);
    return;
  }
  const completed = completionOf(session);
  if (second === undefined && completed !== undefined) {
    yield wrong(placeOfReport(session, completed), `no end past the missing ${missing}`, 'completed');
    return;
  }
  const cursor = second && cursorAt(second, evidence);
  if (second !== undefined && cursor !== undefined) {
    const place = placeAt(session, second.sentAtMs, second);
    yield cursor < missing
      ? right(place)
      : wrong(place, `a cursor below the missing ${missing}`, describeCursor(cursorOf(second)));
  }
}

/** Whoever delivers an event after it has lost the one before delivers past a gap, be it one of its own. */
function* judgeNothingLeftOut(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  const ids = reportedIds(session);
  let highest = 0;
  const lost = ids.find((id) => {
    const isPast = id > highest + 1;
    highest = isPast ? highest : Math.max(highest, id);
    return isPast;
  });
  if (first !== undefined && session.connections.length === 1 && lost !== undefined) {
    yield wrong(placeOf(first), `event ${highest + 1} after event ${highest}, as it was sent`, `event ${lost}`);
  }
}

/** A client that delivered past the gap, or asks from beyond it, shows DEDUPE-004's fault and had nothing to go back for. */
function wentPast(session: Session): boolean {
  const [, second] = session.connections;
  return (
    deliveredPast(session) !== undefined ||
    (second === undefined ? completionOf(session) !== undefined : Number(cursorOf(second) ?? 0) >= missingOf(session))
  );
}

function* judgeOneMoreTry(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined || wentPast(session) || session.scenario.outcome !== 'done') {
    return;
  }
  const before = missingOf(session) - 1;
  if (second === undefined) {
    yield wrong(placeOf(first), `another request from id ${before}`, 'no other request');
    return;
  }
  const cursor = cursorAt(second, evidence);
  const place = placeAt(session, second.sentAtMs, second);
  // That no cursor comes at all is RETRY-016's.
  yield cursor === undefined || cursor === 0 || cursor === before
    ? right(place)
    : wrong(place, `another request from id ${before}`, describeCursor(cursorOf(second)));
  yield* judgeLaterJump(session);
}

/** The second jump of `gap-twice` comes after progress: it is a first one again. */
function* judgeLaterJump(session: Session): Iterable<Sighting> {
  const [, second, third] = session.connections;
  const ids = reportedIds(session);
  const isOver = ids.some((id) => id > LATER_ID) && !ids.includes(LATER_ID);
  if (session.scenario.scenario !== 'gap-twice' || second === undefined || third !== undefined || isOver) {
    return;
  }
  yield wrong(
    placeOf(second),
    `another request from id ${LATER_ID - 1}: a jump after progress is a first one`,
    'no other request',
  );
}

function* judgeGivenUp(session: Session, evidence: Evidence): Iterable<Sighting> {
  const second = session.connections[1];
  if (second === undefined || wentPast(session)) {
    return;
  }
  if (session.connections.length > 2) {
    yield* noRequestAfter(session, 1, evidence, 'the second jump of the ids');
    return;
  }
  if (!reportsAtAll(evidence, 'state', 'error') || session.scenario.outcome !== 'done') {
    return;
  }
  const lines = [...reportsOf(session, 'state'), ...reportsOf(session, 'error')];
  // A client that names no cause anywhere may have failed for this one: nothing shows it.
  if (failuresOf(session).length > 0 && !reportsCodes(evidence)) {
    return;
  }
  const named = lines.some((report) => textOf(report, 'code') === 'gap' || textOf(report, 'reason') === 'gap');
  yield named
    ? right(placeOf(second))
    : wrong(
        placeOf(second),
        'failed with the code gap',
        JSON.stringify(lines.at(-1)?.report ?? 'no failure').slice(0, 200),
      );
}

export const dedupe = clientRules('DEDUPE', {
  'DEDUPE-001': overSessions(
    {
      from: TWICE,
      observes: 'Whether events that a resumed connection plays again are reported again.',
      occasion: REPORT,
      mend: 'Remember the highest id taken in and drop events that do not exceed it.',
    },
    judgeOnce,
  ),
  'DEDUPE-002': overSessions(
    {
      from: ['heartbeats-only'],
      observes: 'Whether heartbeats, which carry no id, are reported after events that do.',
      occasion: `${REPORT} Report heartbeats too.`,
      mend: 'Deduplicate only where the event itself carried an id: lastEventId of an EventSource is sticky.',
    },
    judgeWithoutId,
  ),
  'DEDUPE-004': overSessions(
    {
      from: [...GAPS.keys(), WHOLE],
      observes: 'What is delivered, and asked for, after an id was left out, and whether ids are left out of a report.',
      occasion: 'Let the client check ids, or report its events.',
      mend: 'Compare each id with the highest plus one before the event is delivered.',
    },
    judgeNotPast,
  ),
  'DEDUPE-005': overSessions(
    {
      from: ['gap-once', 'gap-twice', 'gap-at-start', 'gap-before-end'],
      observes: 'Whether the client comes back after an id was left out, and again after another one.',
      occasion: 'Let the client run until it has finished or failed.',
      mend: 'Break the connection off at the jump and resume from the highest id.',
    },
    judgeOneMoreTry,
  ),
  'DEDUPE-006': overSessions(
    {
      from: ['gap-always'],
      observes: 'What the client does when the same id is missing again.',
      occasion: `Let the client run until it has failed. ${REPORT}`,
      mend: 'Fail with the code gap the second time.',
    },
    judgeGivenUp,
  ),
});
