/** STATE-004 to STATE-006 and STATE-008: that what happens is shown, and when. */
import type { Evidence, RecordedReport } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { placeAt, placeOfReport, reportsAtAll, reportsOf, type Session, sessionsOf, textOf } from './session.js';
import { overSessions, PLAIN_CUTS, REPORT } from './shapes.js';
import { longestPause } from './waiting.js';

const STATES = `${REPORT} A state is \`{"type":"state","state":"waiting"}\`.`;

function statesOf(session: Session, name: string): readonly RecordedReport[] {
  return reportsOf(session, 'state').filter((report) => textOf(report, 'state') === name);
}

function* judgeWaiting(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const { fromMs, toMs } = longestPause(session);
  const dueMs = (first?.declared.heartbeatInterval ?? 0) * 2000;
  if (first === undefined || toMs - fromMs <= dueMs + EARLY_MS || !reportsAtAll(evidence, 'state')) {
    return;
  }
  const [waiting] = statesOf(session, 'waiting');
  const expected = `waiting announced ${dueMs} ms after the last event`;
  if (waiting === undefined) {
    yield wrong(placeAt(session, fromMs + dueMs, first), expected, 'no waiting');
    return;
  }
  const afterMs = waiting.atMs - fromMs;
  yield afterMs >= dueMs - EARLY_MS && afterMs <= dueMs + LATE_MS
    ? right(placeOfReport(session, waiting))
    : wrong(placeOfReport(session, waiting), expected, `after ${Math.round(afterMs)} ms`);
}

function* judgeRecovered(session: Session): Iterable<Sighting> {
  const states = reportsOf(session, 'state');
  const at = states.findIndex((report) => textOf(report, 'state') === 'waiting');
  const waiting = states[at];
  const { toMs } = longestPause(session);
  // Without an event after it there was nothing to recover from.
  if (waiting === undefined || toMs <= waiting.atMs) {
    return;
  }
  const next = states[at + 1];
  yield next !== undefined && textOf(next, 'state') === 'open'
    ? right(placeOfReport(session, next))
    : wrong(placeOfReport(session, waiting), 'open, when an event arrived', next ? textOf(next, 'state') : 'nothing');
}

function* judgeReconnecting(session: Session, evidence: Evidence): Iterable<Sighting> {
  if (!reportsAtAll(evidence, 'state')) {
    return;
  }
  for (const [index, connection] of session.connections.entries()) {
    const lost = session.connections[index - 1];
    if (lost === undefined) {
      continue;
    }
    // When the client learns of the loss only it knows: the kit may see the connection open for longer.
    const announced = statesOf(session, 'reconnecting').find(
      ({ atMs }) => atMs >= lost.sentAtMs && atMs <= connection.sentAtMs + EARLY_MS,
    );
    const place = placeAt(session, connection.sentAtMs, connection);
    yield announced !== undefined
      ? right(place)
      : wrong(place, 'reconnecting announced before the request', 'a request without it');
  }
}

const UNDER_WAY = ['connecting', 'reconnecting'];

/** Scenarios whose only end is failure. */
const FAILING = ['status-404', 'gap-always', 'drop-always', 'unknown-cursor', 'wrong-type'];

function* judgeFailed(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || !FAILING.includes(session.scenario.scenario) || !reportsAtAll(evidence, 'state')) {
    return;
  }
  const [failed] = statesOf(session, 'failed');
  if (failed === undefined) {
    // A client that is still trying has not failed yet; that it should have is another rule's.
    const last = reportsOf(session, 'state').at(-1);
    const isTrying =
      session.scenario.notes.ended !== 'client' && last !== undefined && UNDER_WAY.includes(textOf(last, 'state'));
    // One that has completed went past what it should have failed over.
    const isDone = last !== undefined && textOf(last, 'state') === 'completed';
    if (session.scenario.outcome === 'done' && !isTrying && !isDone) {
      yield wrong(placeOf(first), 'failed announced, with a code', lastState(session));
    }
    return;
  }
  const code = codeOf(session);
  const others = FAILING.filter((name) => name !== session.scenario.scenario);
  const codes = sessionsOf(evidence, others).flatMap((other) => codeOf(other) ?? []);
  if (code === undefined) {
    yield wrong(placeOfReport(session, failed), 'failed with a code that names the cause', 'failed without a code');
  } else if (codes.length >= DIFFERENT && codes.every((other) => other === code)) {
    const seen = `"${code.slice(0, 60)}" for ${codes.length + 1} causes`;
    yield wrong(placeOfReport(session, failed), 'a code that names the cause', seen);
  } else {
    yield right(placeOfReport(session, failed));
  }
}

/** Causes that are as different as a status, a gap and used-up attempts: one code for so many names none. */
const DIFFERENT = 3;

/** The code of the failure that was announced. */
function codeOf(session: Session): string | undefined {
  const failed = statesOf(session, 'failed')[0];
  if (failed === undefined) {
    return undefined;
  }
  const codes = [
    textOf(failed, 'code'),
    textOf(failed, 'reason'),
    ...reportsOf(session, 'error').map((report) => textOf(report, 'code')),
  ];
  return codes.find((code) => code !== '');
}

function lastState(session: Session): string {
  const last = reportsOf(session, 'state').at(-1);
  return last === undefined ? 'no state' : `${textOf(last, 'state')} in the end`;
}

export const shown = {
  'STATE-004': overSessions(
    {
      from: ['waiting'],
      observes: 'Whether and when waiting is announced on an open connection that has gone quiet.',
      occasion: STATES,
      mend: 'Announce waiting at twice the heartbeat interval, before the silence threshold.',
      timed: true,
    },
    judgeWaiting,
  ),
  'STATE-005': overSessions(
    {
      from: ['waiting'],
      observes: 'What is announced when an event arrives in waiting.',
      occasion: STATES,
      mend: 'Go back to open with the first event of any type.',
    },
    judgeRecovered,
  ),
  'STATE-006': overSessions(
    {
      from: [...PLAIN_CUTS, 'status-503', 'stall'],
      observes: 'Whether reconnecting is announced between the loss of a connection and the next request.',
      occasion: STATES,
      mend: 'Announce reconnecting when the connection is lost, before the delay.',
    },
    judgeReconnecting,
  ),
  'STATE-008': overSessions(
    {
      from: [...FAILING, 'cut-after'],
      observes: 'Whether a stream that cannot succeed ends in failed, with a code.',
      occasion: STATES,
      mend: 'Announce failed with the code of the cause: http_status, media_type, attempts, gap, protocol, too_large.',
    },
    judgeFailed,
  ),
} satisfies RuleBook<'client', 'STATE'>;
