/** The rules on clients of the chapter on heartbeats and silence. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { clientRules, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { detectsSilence, lastEventMs, placeAt, type Session } from './session.js';
import { ANY_CLIENT, overSessions } from './shapes.js';

/** Within which a client notices that the threshold has passed. */
const NOTICE_MS = 1000;

/** Here the silence begins with the answer. */
const AT_START = 'stall-at-start';

const MEND = 'Arm a timer for the silence threshold with every event, on a monotonic clock.';

/** The connection that went silent: events came, no terminal event. */
function silent(session: Session): ConnectionView | undefined {
  const [first] = session.connections;
  const hasBegun = session.scenario.scenario === AT_START || (first?.events().length ?? 0) > 0;
  return hasBegun && first?.terminal === undefined ? first : undefined;
}

function* judgeDetected(session: Session): Iterable<Sighting> {
  const connection = silent(session);
  if (connection === undefined) {
    return;
  }
  const thresholdMs = connection.declared.silenceThreshold * 1000;
  const silentMs = connection.end.atMs - lastEventMs(connection);
  const place = placeAt(session, connection.end.atMs, connection);
  const expected = `closed within ${thresholdMs + NOTICE_MS} ms of silence, and another request`;
  const [, second] = session.connections;
  if (second !== undefined && second.sentAtMs < connection.end.atMs - EARLY_MS) {
    yield wrong(place, expected, 'another request while the silent connection was still open');
    return;
  }
  if (connection.end.by !== 'target') {
    if (silentMs > thresholdMs + NOTICE_MS + LATE_MS) {
      yield wrong(place, expected, `still open after ${Math.round(silentMs)} ms`);
    }
  } else if (silentMs > thresholdMs + NOTICE_MS + LATE_MS) {
    yield wrong(place, expected, `closed after ${Math.round(silentMs)} ms`);
  } else if (silentMs >= thresholdMs - EARLY_MS) {
    // Closed before its time it was closed for another reason, or too early, which is HEARTBEAT-014's.
    yield session.connections.length >= 2
      ? right(place)
      : wrong(place, expected, `closed after ${Math.round(silentMs)} ms, and no other request`);
  }
}

function* judgeFalseAlarm(session: Session): Iterable<Sighting> {
  const connection = silent(session);
  if (connection === undefined || connection.end.by !== 'target') {
    return;
  }
  const thresholdMs = connection.declared.silenceThreshold * 1000;
  const silentMs = connection.end.atMs - lastEventMs(connection);
  const place = placeAt(session, connection.end.atMs, connection);
  yield silentMs >= thresholdMs - EARLY_MS
    ? right(place)
    : wrong(place, `open for ${thresholdMs} ms of silence`, `closed after ${Math.round(silentMs)} ms`);
}

/** A client that never closes for silence keeps this one too, and shows nothing by it. */
function* judgeRearmed(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || first.events().length < 3) {
    return;
  }
  const what = session.scenario.scenario === 'content-only' ? 'content' : 'heartbeats';
  if (first.end.by === 'target' && first.terminal === undefined) {
    const expected = `open while ${what} ${what === 'content' ? 'comes' : 'come'}`;
    yield wrong(placeAt(session, first.end.atMs, first), expected, `closed although ${what} came`);
  } else if (first.terminal !== undefined && detectsSilence(evidence)) {
    yield right(placeOf(first));
  }
}

export const heartbeat = clientRules('HEARTBEAT', {
  'HEARTBEAT-013': overSessions(
    {
      from: ['stall', AT_START, 'comments-only'],
      observes: 'When the client closes a connection that brings no event, be it silent or full of comments.',
      occasion: ANY_CLIENT,
      mend: MEND,
      timed: true,
    },
    judgeDetected,
  ),
  'HEARTBEAT-014': overSessions(
    {
      from: ['stall', AT_START, 'waiting'],
      observes: 'How long the client bears silence before it closes.',
      occasion: 'Let the client detect silence.',
      mend: MEND,
      timed: true,
    },
    judgeFalseAlarm,
  ),
  'HEARTBEAT-015': overSessions(
    {
      from: ['heartbeats-only', 'content-only', 'stall'],
      observes: 'Whether a connection that brings only heartbeats, or only content, is held for dead.',
      occasion: 'Let the client detect silence.',
      mend: MEND,
      timed: true,
    },
    (session, evidence) => (session.scenario.scenario === 'stall' ? [] : judgeRearmed(session, evidence)),
  ),
});
