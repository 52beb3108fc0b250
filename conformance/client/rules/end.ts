/** The rules on clients of the chapter on terminal events. */
import type { Evidence } from '../../evidence/types.js';
import { clientRules, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import {
  endOf,
  failuresOf,
  hasCode,
  placeAt,
  placeOfReport,
  readsAtAll,
  reportedIds,
  reportsAtAll,
  reportsIds,
  reportsOf,
  type Session,
  textOf,
} from './session.js';
import { ANY_CLIENT, cameBack, noRequestAfter, overSessions, PLAIN_CUTS, REPORT } from './shapes.js';

/** Within which a client acts on the terminal event, as a server does (END-003). */
const PROMPT_MS = 1000;

const ENDED = ['whole', 'complete-open', 'after-complete', 'cap-reached', 'error-open'];
const TRUNCATED = ['cap-reached', 'length-reached'];
const ERRORS = ['error-in-band', 'unknown-cursor', 'replay-gap'];

function* judgeCut(session: Session): Iterable<Sighting> {
  const [first, second] = session.connections;
  const done = reportsOf(session, 'state').find((report) => textOf(report, 'state') === 'completed');
  if (first === undefined) {
    return;
  }
  if (done !== undefined && (second === undefined || done.atMs < second.sentAtMs)) {
    yield wrong(placeOfReport(session, done), 'no end reported before the terminal event', 'completed, after a cut');
  } else if (second !== undefined) {
    yield right(placeAt(session, second.sentAtMs, second));
  } else if (
    session.scenario.process?.exitCode === 0 &&
    session.scenario.notes.ended === 'client' &&
    reportedIds(session).length > 0 &&
    failuresOf(session).length === 0
  ) {
    yield wrong(placeOf(first), 'no end before the terminal event', 'exit with 0 after a cut, and no error');
  }
}

function* judgeClosed(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const terminal = first?.terminal;
  if (first === undefined || terminal === undefined) {
    return;
  }
  const afterMs = Math.round(first.end.atMs - terminal.atMs);
  const place = placeAt(session, first.end.atMs, first);
  const prompt = first.end.by === 'target' && afterMs <= PROMPT_MS + LATE_MS;
  if (prompt) {
    // Who never reads closes soon, too.
    yield* readsAtAll(evidence) ? [right(place)] : [];
    return;
  }
  yield wrong(place, `closed by the client within ${PROMPT_MS} ms of the terminal event`, `open after ${afterMs} ms`);
}

function* judgeNoRequest(session: Session, evidence: Evidence): Iterable<Sighting> {
  const index = session.connections.findIndex((connection) => connection.terminal !== undefined);
  if (index >= 0) {
    yield* noRequestAfter(session, index, evidence, 'the terminal event');
  }
}

function* judgeLateBytes(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const last = Number(first?.terminal?.id);
  if (first === undefined || !reportsIds(evidence)) {
    return;
  }
  const ids = reportedIds(session);
  const late = ids.filter((id) => id > last);
  if (late.length > 0) {
    yield wrong(placeOf(first), `nothing reported after event ${last}`, `events ${late.join(', ')} reported`);
  } else if (ids.length > 0) {
    yield right(placeOf(first));
  }
}

function* judgeTruncation(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const terminal = first?.terminal;
  if (first === undefined || terminal === undefined || !reportsAtAll(evidence, 'state', 'event')) {
    return;
  }
  const reason = String(first.json(terminal)?.reason);
  // A client that reports no states hands the event on, and the reason with it.
  const ends = reportsAtAll(evidence, 'state')
    ? reportsOf(session, 'state').filter((report) =>
        ['completed', 'failed', 'closed'].includes(textOf(report, 'state')),
      )
    : reportsOf(session, 'event').filter((report) => textOf(report, 'event') === 'complete');
  const shown = ends.some(
    ({ report }) =>
      report.truncated === true || (report.truncated !== false && JSON.stringify(report).includes(reason)),
  );
  yield shown
    ? right(placeOf(first, terminal))
    : wrong(
        placeOf(first, terminal),
        `an end that shows the reason ${reason}`,
        ends.length === 0 ? 'no end reported' : JSON.stringify(ends[0]?.report).slice(0, 200),
      );
}

function* judgeTwoErrors(session: Session, evidence: Evidence): Iterable<Sighting> {
  if (session.scenario.scenario === 'transport-error') {
    // A client that never comes back shows RETRY-001's fault.
    yield* session.connections.length > 1 ? cameBack(session, 'a reset connection') : [];
    return;
  }
  const index = session.connections.findIndex((connection) => endOf(connection)?.type === 'error');
  if (index >= 0) {
    yield* noRequestAfter(session, index, evidence, 'an error event with data');
  }
}

function* judgeErrorReported(session: Session, evidence: Evidence): Iterable<Sighting> {
  const connection = session.connections.find((candidate) => endOf(candidate)?.type === 'error');
  const end = connection && endOf(connection);
  if (connection === undefined || end === undefined || !reportsAtAll(evidence, 'error', 'state', 'event')) {
    return;
  }
  const data = connection.json(end);
  const code = String(data?.code);
  const message = String(data?.message);
  // A failure with a code is what a user sees; of a client without codes it is whatever it hands on, the event itself included.
  // One that goes on after it fails of another cause in the end: that it does is END-012's finding.
  const next = session.connections[session.connections.indexOf(connection) + 1];
  const coded = failuresOf(session).filter(
    (report) => hasCode(report) && report.atMs < (next?.sentAtMs ?? Number.POSITIVE_INFINITY),
  );
  const lines = coded.length > 0 ? coded : session.reports.filter(({ report }) => report.type !== 'diagnostic');
  const texts = lines.map(({ report }) => JSON.stringify(report));
  const missing = [code, message].filter((part) => !texts.some((text) => text.includes(part)));
  yield missing.length === 0
    ? right(placeOf(connection, end))
    : wrong(
        placeOf(connection, end),
        `a report with "${code}" and "${message}"`,
        `no report with "${missing.join('", "')}"`,
      );
}

export const end = clientRules('END', {
  'END-007': overSessions(
    {
      from: PLAIN_CUTS,
      observes: 'Whether a connection that ended without a terminal event is shown as the end of the stream.',
      occasion: 'Let the client reconnect after a cut, or report its states.',
      mend: 'Complete on `complete` alone; the end of the connection is a cut.',
    },
    judgeCut,
  ),
  'END-008': overSessions(
    {
      from: ['complete-open', 'error-open'],
      observes: 'When the client closes a connection that the server leaves open after the terminal event.',
      occasion: ANY_CLIENT,
      mend: 'Close the connection in the handler of the terminal event.',
      timed: true,
    },
    judgeClosed,
  ),
  'END-009': overSessions(
    {
      from: [...ENDED, ...PLAIN_CUTS],
      observes: 'Requests after the terminal event of the stream.',
      occasion: 'Let the client reconnect after a cut, and stop after the end.',
      mend: 'Close for good on the terminal event, before the transport reconnects by itself.',
    },
    judgeNoRequest,
  ),
  'END-010': overSessions(
    {
      from: ['after-complete', 'whole'],
      observes: 'Whether events that follow the terminal event in the same bytes are delivered.',
      occasion: REPORT,
      mend: 'Stop delivering in the middle of a buffer when the terminal event was seen.',
    },
    (session, evidence) => (session.scenario.scenario === 'after-complete' ? judgeLateBytes(session, evidence) : []),
  ),
  'END-011': overSessions(
    {
      from: TRUNCATED,
      observes: 'Whether the end that the client reports shows a reason other than done.',
      occasion: `${REPORT} Give the reason: \`{"type":"state","state":"completed","reason":"duration_cap"}\`.`,
      mend: 'Show an answer whose reason is not done as incomplete.',
    },
    judgeTruncation,
  ),
  'END-012': overSessions(
    {
      from: ['error-open', 'transport-error', ...ERRORS],
      observes: 'What follows an error event with data, and what follows a reset connection.',
      occasion: 'Let the client reconnect after a reset connection.',
      mend: 'Look for data: with it the event is the server’s last word, without it the transport’s trouble.',
    },
    judgeTwoErrors,
  ),
  'END-013': overSessions(
    {
      from: ERRORS,
      observes: 'Whether code and message of an error event are reported.',
      occasion: REPORT,
      mend: 'Hand the code and the message of the event on to the application.',
    },
    judgeErrorReported,
  ),
});
