/** The rules on clients of the chapter on deduplication. */
import type { Evidence } from '../../evidence/types.js';
import { clientRules, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import {
  cursorAt,
  cursorOf,
  failuresOf,
  hasCode,
  placeAt,
  reportedIds,
  reportsAtAll,
  reportsOf,
  type Session,
  textOf,
} from './session.js';
import { describeCursor, noRequestAfter, overSessions, REPORT } from './shapes.js';

const TWICE = ['duplicates', 'numeric-ids', 'cut-after'];
const GAPS = ['gap-once', 'gap-always'];

/** The id that is left out. */
const MISSING_ID = 3;

function* judgeOnce(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const ids = reportedIds(session);
  if (first === undefined || !reportsAtAll(evidence, 'event') || session.connections.length < 2) {
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
  const [first, second] = session.connections;
  const ids = reportedIds(session);
  const at = ids.findIndex((id) => id > MISSING_ID);
  if (first === undefined) {
    return;
  }
  if (at >= 0 && !ids.slice(0, at).includes(MISSING_ID)) {
    yield wrong(placeOf(first), `no event past the missing ${MISSING_ID}`, `event ${ids[at]} reported`);
    return;
  }
  const cursor = second && cursorAt(second, evidence);
  if (second !== undefined && cursor !== undefined) {
    const place = placeAt(session, second.sentAtMs, second);
    yield cursor < MISSING_ID
      ? right(place)
      : wrong(place, `a cursor below the missing ${MISSING_ID}`, describeCursor(cursorOf(second)));
  }
}

/** A client that delivered past the gap, or asks from beyond it, shows DEDUPE-004's fault and had nothing to go back for. */
function wentPast(session: Session): boolean {
  const [, second] = session.connections;
  const ids = reportedIds(session);
  const at = ids.findIndex((id) => id > MISSING_ID);
  return (
    (at >= 0 && !ids.slice(0, at).includes(MISSING_ID)) ||
    (second !== undefined && Number(cursorOf(second) ?? 0) >= MISSING_ID)
  );
}

function* judgeOneMoreTry(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined || wentPast(session) || session.scenario.outcome !== 'done') {
    return;
  }
  if (second === undefined) {
    yield wrong(placeOf(first), `another request from id ${MISSING_ID - 1}`, 'no other request');
    return;
  }
  const cursor = cursorAt(second, evidence);
  const place = placeAt(session, second.sentAtMs, second);
  // That no cursor comes at all is RETRY-016's.
  yield cursor === undefined || cursor === 0 || cursor === MISSING_ID - 1
    ? right(place)
    : wrong(place, `another request from id ${MISSING_ID - 1}`, describeCursor(cursorOf(second)));
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
  if (failuresOf(session).length > 0 && !evidence.scenarios.some(({ reports = [] }) => reports.some(hasCode))) {
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
      from: GAPS,
      observes: 'What is delivered, and asked for, after an id was left out.',
      occasion: 'Let the client check ids, or report its events.',
      mend: 'Compare each id with the highest plus one before the event is delivered.',
    },
    judgeNotPast,
  ),
  'DEDUPE-005': overSessions(
    {
      from: ['gap-once'],
      observes: 'Whether the client comes back after an id was left out.',
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
