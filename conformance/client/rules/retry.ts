/** The rules on clients of the chapter on reconnection: what is retried, and what is not. */
import type { Evidence } from '../../evidence/types.js';
import { clientRules, notApplicable, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { attempts } from './retry-attempts.js';
import { backoff } from './retry-backoff.js';
import { cursors } from './retry-cursors.js';
import { floors } from './retry-floors.js';
import { cursorOf, placeAt, retriesAtAll, type Session, STARTED_TWICE } from './session.js';
import { ANY_CLIENT, cameBack, noRequestAfter, overSessions, PLAIN_CUTS } from './shapes.js';

const RETRIED = [408, 425, 429, 500, 502, 503, 504].map((status) => `status-${status}`);
const FINAL = [400, 401, 403, 404, 406, 410].map((status) => `status-${status}`);
const OTHER_TYPES = ['wrong-type', 'near-type'];

/** After this an attempt without an answer is abandoned (RETRY-022). */
const CONNECT_TIMEOUT_MS = 10_000;

function* judgeFinished(session: Session, evidence: Evidence): Iterable<Sighting> {
  const index = session.connections.findIndex(({ status }) => status === 204);
  if (index >= 0) {
    yield* noRequestAfter(session, index, evidence, 'status 204');
  }
}

function* judgeTimeout(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined) {
    return;
  }
  const waitedMs = first.end.atMs - first.sentAtMs;
  const place = placeAt(session, first.end.atMs, first);
  const expected = `given up within ${CONNECT_TIMEOUT_MS} ms`;
  if (waitedMs > CONNECT_TIMEOUT_MS + LATE_MS) {
    yield wrong(place, expected, `the request was open for ${Math.round(waitedMs)} ms`);
  } else if (first.end.by === 'target' && retriesAtAll(evidence)) {
    yield right(place);
  }
}

/** What is no id of an event was stored nowhere: some clients send a placeholder with their first request. */
function isStored(cursor: string): boolean {
  return /^[1-9][0-9]{0,15}$/.test(cursor);
}

function* judgeStoredCursors(evidence: Evidence): Iterable<Sighting> {
  let seen = false;
  for (const { scenario, connections } of evidence.scenarios) {
    const [first] = connections;
    const cursor = (first && cursorOf(first)) ?? '0';
    if (first !== undefined && isStored(cursor)) {
      seen = true;
      const place = { scenario, connection: first.label, atMs: first.sentAtMs };
      yield wrong(place, 'no cursor on the first request of a new stream', `the cursor ${cursor.slice(0, 40)}`);
    }
  }
  if (!seen && retriesAtAll(evidence)) {
    yield notApplicable('The client showed no stored cursor.');
  }
}

function* judgeCleared(session: Session): Iterable<Sighting> {
  const startedMs = session.scenario.notes['started-again-atMs'];
  const again = session.connections.find(({ sentAtMs }) => typeof startedMs === 'number' && sentAtMs >= startedMs);
  if (startedMs === undefined && session.scenario.outcome === 'done') {
    yield notApplicable('The kit could not start the client again: it does not end by itself.');
  }
  if (again === undefined) {
    return;
  }
  const cursor = cursorOf(again) ?? '0';
  if (!isStored(cursor)) {
    yield notApplicable('The client showed no stored cursor: it has deleted it, or stores none.');
  } else {
    const expected = 'no cursor once the stream has ended';
    yield wrong(placeAt(session, again.sentAtMs, again), expected, `the cursor ${cursor.slice(0, 40)}`);
  }
}

export const retry = clientRules('RETRY', {
  'RETRY-001': overSessions(
    {
      from: [...PLAIN_CUTS, 'drop-always'],
      observes: 'Whether the client comes back after a connection that ended without a terminal event, or never began.',
      occasion: ANY_CLIENT,
      mend: 'Treat every end of a connection before the terminal event as a cut, a clean one included.',
    },
    (session) => cameBack(session, 'a connection without a terminal event'),
  ),
  'RETRY-002': overSessions(
    {
      from: RETRIED,
      observes: 'Whether the client comes back after each of the statuses that are retried.',
      occasion: ANY_CLIENT,
      mend: 'Retry after 408, 425, 429, 500, 502, 503 and 504; rebuild a native EventSource, which gives up on them.',
    },
    (session) => cameBack(session, `status ${session.connections[0]?.status}`),
  ),
  'RETRY-003': overSessions(
    {
      from: ['finished-204', ...PLAIN_CUTS],
      observes: 'Requests after a resumption was answered with 204.',
      occasion: 'Let the client reconnect after a cut.',
      mend: 'Take 204 for the end: everything was received.',
    },
    judgeFinished,
  ),
  'RETRY-004': overSessions(
    {
      from: [...FINAL, ...PLAIN_CUTS],
      observes: 'Requests after a status that is final.',
      occasion: 'Let the client reconnect after a cut, so that staying away says something.',
      mend: 'Fail at once on every 4xx status other than 408, 425 and 429.',
    },
    (session, evidence) =>
      FINAL.includes(session.scenario.scenario)
        ? noRequestAfter(session, 0, evidence, `status ${session.connections[0]?.status}`)
        : [],
  ),
  'RETRY-005': overSessions(
    {
      from: [...OTHER_TYPES, ...PLAIN_CUTS],
      observes: 'Requests after an answer with another media type.',
      occasion: 'Let the client reconnect after a cut, so that staying away says something.',
      mend: 'Fail at once where the media type is not text/event-stream.',
    },
    (session, evidence) =>
      OTHER_TYPES.includes(session.scenario.scenario)
        ? noRequestAfter(session, 0, evidence, `the media type ${session.connections[0]?.header('content-type')}`)
        : [],
  ),
  'RETRY-019': {
    from: ['whole', ...PLAIN_CUTS, 'complete-open', 'numeric-ids', 'trace-kept'],
    observes: 'Cursors on the first request of a stream that is new: they come from another stream.',
    occasion: ANY_CLIENT,
    mend: 'Put the stream id into the key under which the cursor is stored.',
    judge: judgeStoredCursors,
  },
  'RETRY-020': overSessions(
    {
      from: [STARTED_TWICE],
      observes: 'The cursor of a client that is started again with the URL of a stream which it has seen the end of.',
      occasion: 'Let the kit start the client, and the client end by itself.',
      mend: 'Delete the stored cursor when the stream has completed or failed.',
    },
    judgeCleared,
  ),
  'RETRY-022': overSessions(
    {
      from: ['slow-open'],
      observes: 'How long the client waits for an answer that never begins.',
      occasion: ANY_CLIENT,
      mend: 'Abort an attempt whose header fields have not come within 10 s.',
      timed: true,
    },
    judgeTimeout,
  ),
  ...attempts,
  ...backoff,
  ...cursors,
  ...floors,
});
