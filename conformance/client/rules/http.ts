/** The rules on clients of the chapter on HTTP. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { clientRules, notApplicable, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { judgeStreamIds, OWN_ID } from './http-stream-id.js';
import {
  cursorOf,
  detectsSilence,
  lastEventMs,
  placeAt,
  reportsAtAll,
  reportsOf,
  retriesAtAll,
  type Session,
  sessionsOf,
  textOf,
} from './session.js';
import { ANY_CLIENT, overSessions, PLAIN_CUTS, REPORT } from './shapes.js';
import { announcesWaiting, waitingMs } from './waiting.js';

/** Defaults of the protocol, seconds. */
const DEFAULT_SILENCE = 15;
const DEFAULT_INTERVAL = 5;

/** Long enough to see that a client holds on past the silence of the other value. */
const NOTICE_MS = 1000;

const RESUMED = [...PLAIN_CUTS, 'cursor-survives', 'progress-resets', 'stall', 'gap-once'];

const NO_STREAMS = ['wrong-type', 'near-type', 'created-201'];

const WITHOUT = ['no-parameters', 'garbage-parameters', 'lenient-parameters', 'extreme-parameters'];

function* judgeDefaults(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || first.events().length === 0) {
    return;
  }
  yield* judgeDefaultInterval(session, first, evidence);
  const silentMs = first.end.atMs - lastEventMs(first);
  const bounds = `closed ${DEFAULT_SILENCE} to ${DEFAULT_SILENCE + 1} s after the last event, by the default`;
  const place = placeAt(session, first.end.atMs, first);
  if (first.end.by !== 'target') {
    // A client that never closes for silence shows nothing about its default.
    if (silentMs >= DEFAULT_SILENCE * 1000 + NOTICE_MS + LATE_MS && detectsSilence(evidence)) {
      yield wrong(place, bounds, `still open after ${Math.round(silentMs)} ms of silence`);
    }
    return;
  }
  const ok = silentMs >= DEFAULT_SILENCE * 1000 - EARLY_MS && silentMs <= DEFAULT_SILENCE * 1000 + NOTICE_MS + LATE_MS;
  yield ok ? right(place) : wrong(place, bounds, `closed after ${Math.round(silentMs)} ms of silence`);
}

/** The default interval shows where the client tells of waiting, and does so on time where an interval is declared. */
function* judgeDefaultInterval(session: Session, first: ConnectionView, evidence: Evidence): Iterable<Sighting> {
  const afterMs = waitingMs(session, first);
  if (afterMs === undefined || !announcesWaiting(evidence)) {
    return;
  }
  const dueMs = 2 * DEFAULT_INTERVAL * 1000;
  const place = placeAt(session, lastEventMs(first) + afterMs, first);
  yield afterMs >= dueMs - EARLY_MS && afterMs <= dueMs + NOTICE_MS + LATE_MS
    ? right(place)
    : wrong(place, `waiting ${dueMs} ms after the last event, by the default`, `after ${Math.round(afterMs)} ms`);
}

/** What names each parameter: its header field, or the member of a heartbeat, however it is spelled. */
const NAMED = { 'X-Heartbeat-Interval': /heartbeat[-_ ]?interval/i, 'X-Silence-Threshold': /silence[-_ ]?threshold/i };

function* judgeDiagnostics(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || !reportsAtAll(evidence, 'event', 'state', 'diagnostic', 'error')) {
    return;
  }
  // A test service has no word for diagnostics, unless it was taught one.
  if (session.scenario.notes.driver === 'contract-service' && !reportsAtAll(evidence, 'diagnostic')) {
    return;
  }
  // What comes when the silence has been noticed tells of the silence.
  const said = [...reportsOf(session, 'diagnostic'), ...reportsOf(session, 'error')]
    .filter(({ atMs }) => atMs < Math.max(first.end.atMs - EARLY_MS, lastEventMs(first) + LATE_MS))
    .map((report) => ['parameter', 'message', 'code'].map((member) => textOf(report, member)).join(' '));
  const log = session.scenario.process?.stderr ?? '';
  for (const [parameter, pattern] of Object.entries(NAMED)) {
    yield [...said, log].some((text) => pattern.test(text))
      ? right(placeOf(first))
      : wrong(
          placeOf(first),
          `a diagnostic that names the unusable ${parameter}`,
          said.length === 0 ? 'no diagnostic' : `diagnostics on others: ${said.join('; ').slice(0, 120)}`,
        );
  }
}

function* judgeNoStream(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined || first.response === null) {
    return;
  }
  const sent = `${first.status} ${first.header('content-type') ?? 'without a media type'}`;
  const events = reportsOf(session, 'event');
  const cursor = (second && cursorOf(second)) ?? '0';
  const taken = reportsOf(session, 'state').find((report) => ['open', 'completed'].includes(textOf(report, 'state')));
  if (events.length > 0) {
    yield wrong(placeOf(first), `no event from ${sent}`, `${events.length} events reported`);
  } else if (cursor !== '0') {
    yield wrong(placeOf(first), `no event from ${sent}`, `a later request with the cursor ${cursor.slice(0, 40)}`);
  } else if (taken !== undefined) {
    yield wrong(placeOf(first), `${sent} taken for no stream`, `${textOf(taken, 'state')} announced`);
  } else if (reportsAtAll(evidence, 'event')) {
    yield right(placeOf(first));
  }
}

function* judgeHeartbeatWins(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const waitedMs = first && waitingMs(session, first);
  const dueMs = (first?.declared.heartbeatInterval ?? 0) * 2000;
  if (first !== undefined && waitedMs !== undefined && waitedMs < dueMs - EARLY_MS && announcesWaiting(evidence)) {
    yield wrong(
      placeAt(session, lastEventMs(first) + waitedMs, first),
      `waiting ${dueMs} ms after the last event, as the heartbeat says`,
      `after ${Math.round(waitedMs)} ms, where the header says ${first.header('x-heartbeat-interval')} s`,
    );
  }
  const saidBy = first?.header('x-silence-threshold');
  if (first === undefined || first.end.by !== 'target' || saidBy === undefined) {
    return;
  }
  const silentMs = first.end.atMs - lastEventMs(first);
  const declaredMs = first.declared.silenceThreshold * 1000;
  const place = placeAt(session, first.end.atMs, first);
  yield silentMs >= declaredMs - EARLY_MS
    ? right(place)
    : wrong(
        place,
        `open for ${declaredMs} ms of silence, as the heartbeat says`,
        `closed after ${Math.round(silentMs)} ms, where the header says ${saidBy} s`,
      );
}

function* judgeMethods(evidence: Evidence): Iterable<Sighting> {
  for (const session of sessionsOf(evidence, RESUMED)) {
    for (const connection of session.connections.slice(1)) {
      const { method } = connection.request;
      const place = placeAt(session, connection.sentAtMs, connection);
      yield method === 'GET' ? right(place) : wrong(place, 'a GET', `a ${method}`);
    }
  }
}

function* judgeCredentials(evidence: Evidence): Iterable<Sighting> {
  const names = ['authorization', 'cookie', 'x-api-key'];
  let seen = false;
  for (const session of sessionsOf(evidence, RESUMED)) {
    const [first, ...later] = session.connections;
    const name = names.find((candidate) => first?.requestHeader(candidate) !== undefined);
    for (const connection of name === undefined ? [] : later) {
      seen = true;
      const place = placeAt(session, connection.sentAtMs, connection);
      yield name !== undefined && connection.requestHeader(name) !== undefined
        ? right(place)
        : wrong(place, `the ${name} of the first request`, `no ${name}`);
    }
  }
  if (!seen && retriesAtAll(evidence)) {
    yield notApplicable('The client was configured without credentials: none came with its first request.');
  }
}

export const http = clientRules('HTTP', {
  'HTTP-013': overSessions(
    {
      from: [...WITHOUT, 'stall', 'waiting'],
      observes: 'When the client closes a silent connection whose parameters are absent or unusable.',
      occasion: 'Let the client run on a silent connection for 16 s: leave it its default silence threshold.',
      mend: 'Take 5 s and 15 s where a parameter is absent, not a decimal number, or out of 0.05 to 86400.',
      timed: true,
    },
    (session, evidence) => (WITHOUT.includes(session.scenario.scenario) ? judgeDefaults(session, evidence) : []),
  ),
  'HTTP-014': overSessions(
    {
      from: ['garbage-parameters'],
      observes: 'Whether a diagnostic names the parameters that the client could not use.',
      occasion: `${REPORT} A diagnostic is \`{"type":"diagnostic","message":…}\`.`,
      mend: 'Say once per connection which parameter was unusable, what came, and what is used instead.',
    },
    judgeDiagnostics,
  ),
  'HTTP-035': {
    from: OWN_ID,
    observes: 'The stream ids that the client adds to a URL that names none.',
    occasion: ANY_CLIENT,
    mend: 'Draw the id from a cryptographic random source: 16 bytes as 32 hexadecimal digits will do.',
    judge: judgeStreamIds,
  },
  'HTTP-036': overSessions(
    {
      from: [...NO_STREAMS, 'whole'],
      observes: 'Whether events of an answer with another status or media type are delivered.',
      occasion: REPORT,
      mend: 'Compare the status with 200 and the media type, without its parameters, with text/event-stream.',
    },
    function* (session, evidence) {
      if (NO_STREAMS.includes(session.scenario.scenario)) {
        yield* judgeNoStream(session, evidence);
      }
    },
  ),
  'HTTP-037': overSessions(
    {
      from: ['parameters-differ', 'waiting'],
      observes: 'Which silence threshold holds where header and heartbeat declare different ones.',
      occasion: 'Let the client detect silence.',
      mend: 'Read the parameters of the first heartbeat after those of the headers.',
      timed: true,
    },
    (session, evidence) => (session.scenario.scenario === 'waiting' ? [] : judgeHeartbeatWins(session, evidence)),
  ),
  'HTTP-038': {
    from: RESUMED,
    observes: 'The method of every request after the first.',
    occasion: 'Let the client reconnect after a cut.',
    mend: 'Resume by GET on the URL of the stream, however it was created.',
    judge: judgeMethods,
  },
  'HTTP-039': {
    from: RESUMED,
    observes: 'Whether the credentials of the first request come with every later one.',
    occasion: 'Let the client send credentials, such as an Authorization header, and reconnect after a cut.',
    mend: 'Build the headers anew for every attempt.',
    judge: judgeCredentials,
  },
});
