/** The rules on clients of the chapter on HTTP. */
import type { Evidence } from '../../evidence/types.js';
import { clientRules, notApplicable, placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import {
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

/** Defaults of the protocol, seconds. */
const DEFAULT_SILENCE = 15;

/** Long enough to see that a client holds on past the silence of the other value. */
const NOTICE_MS = 1000;

const STREAM_ID_ALPHABET_BITS = Math.log2(66);
const MIN_BITS = 122;

const NO_STREAMS = ['wrong-type', 'near-type', 'created-201'];

function* judgeDefaults(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || first.events().length === 0) {
    return;
  }
  const silentMs = first.end.atMs - lastEventMs(first);
  const bounds = `closed ${DEFAULT_SILENCE} to ${DEFAULT_SILENCE + 1} s after the last event, by the default`;
  const place = placeAt(session, first.end.atMs, first);
  if (first.end.by !== 'target') {
    if (silentMs >= DEFAULT_SILENCE * 1000 + NOTICE_MS + LATE_MS) {
      yield wrong(place, bounds, `still open after ${Math.round(silentMs)} ms of silence`);
    }
    return;
  }
  const ok = silentMs >= DEFAULT_SILENCE * 1000 - EARLY_MS && silentMs <= DEFAULT_SILENCE * 1000 + NOTICE_MS + LATE_MS;
  yield ok ? right(place) : wrong(place, bounds, `closed after ${Math.round(silentMs)} ms of silence`);
}

function* judgeDiagnostics(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined || !reportsAtAll(evidence, 'event', 'state', 'diagnostic', 'error')) {
    return;
  }
  const named = [...reportsOf(session, 'diagnostic'), ...reportsOf(session, 'error')].map((report) =>
    `${textOf(report, 'parameter')} ${textOf(report, 'message')} ${textOf(report, 'code')}`.toLowerCase(),
  );
  for (const parameter of ['heartbeat', 'silence']) {
    yield named.some((text) => text.includes(parameter))
      ? right(placeOf(first))
      : wrong(
          placeOf(first),
          `a diagnostic that names the unusable ${parameter} parameter`,
          named.length === 0 ? 'no diagnostic' : `diagnostics on others: ${named.join('; ').slice(0, 120)}`,
        );
  }
}

function* judgeStreamIds(evidence: Evidence): Iterable<Sighting> {
  const sessions = sessionsOf(evidence, ['own-stream-id-1', 'own-stream-id-2']);
  const chosen = sessions.flatMap((session) => {
    const [first] = session.connections;
    const url = first && new URL(first.request.url, 'http://kit.invalid');
    const id = url?.searchParams.get('stream_id') ?? undefined;
    return first === undefined || id === undefined ? [] : [{ session, first, id }];
  });
  if (sessions.length > 0 && chosen.length === 0) {
    yield notApplicable('The client chose no stream id; it leaves that to the server or to its configuration.');
  }
  for (const [index, { session, first, id }] of chosen.entries()) {
    const bits = Math.floor(id.length * Math.min(STREAM_ID_ALPHABET_BITS, Math.log2(alphabetOf(id))));
    const repeated = chosen.some((other, at) => at !== index && other.id === id);
    const place = placeAt(session, first.sentAtMs, first);
    if (repeated) {
      yield wrong(place, 'a stream id of its own for each stream', `the id ${id.slice(0, 40)} for two streams`);
    } else {
      yield bits >= MIN_BITS
        ? right(place)
        : wrong(place, `room for at least ${MIN_BITS} random bits`, `"${id.slice(0, 60)}" has room for ${bits}`);
    }
  }
}

/** Size of the smallest usual alphabet that holds the id: what each character can carry. */
function alphabetOf(id: string): number {
  if (/^[0-9]+$/.test(id)) {
    return 10;
  }
  if (/^[0-9a-f-]+$/.test(id) || /^[0-9A-F-]+$/.test(id)) {
    return 16;
  }
  return /^[0-9a-z-]+$/.test(id) ? 36 : 66;
}

function* judgeNoStream(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined || first.response === null) {
    return;
  }
  const sent = `${first.status} ${first.header('content-type') ?? 'without a media type'}`;
  const events = reportsOf(session, 'event');
  const cursor = second?.requestHeader('last-event-id');
  if (events.length > 0) {
    yield wrong(placeOf(first), `no event from ${sent}`, `${events.length} events reported`);
  } else if (cursor !== undefined && cursor !== '') {
    yield wrong(placeOf(first), `no event from ${sent}`, `a later request with the cursor ${cursor.slice(0, 40)}`);
  } else if (reportsAtAll(evidence, 'event')) {
    yield right(placeOf(first));
  }
}

function* judgeHeartbeatWins(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
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
  for (const session of sessionsOf(evidence, [...PLAIN_CUTS, 'cursor-survives', 'progress-resets'])) {
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
  for (const session of sessionsOf(evidence, [...PLAIN_CUTS, 'cursor-survives', 'progress-resets'])) {
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

const RESUMED = [...PLAIN_CUTS, 'cursor-survives', 'progress-resets'];

export const http = clientRules('HTTP', {
  'HTTP-013': overSessions(
    {
      from: ['no-parameters', 'garbage-parameters'],
      observes: 'When the client closes a silent connection whose parameters are absent or unusable.',
      occasion: 'Let the client run on a silent connection for 16 s: leave it its default silence threshold.',
      mend: 'Take 5 s and 15 s where a parameter is absent, not a decimal number, or out of 0.05 to 86400.',
      timed: true,
    },
    judgeDefaults,
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
    from: ['own-stream-id-1', 'own-stream-id-2'],
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
      from: ['parameters-differ'],
      observes: 'Which silence threshold holds where header and heartbeat declare different ones.',
      occasion: 'Let the client detect silence.',
      mend: 'Read the parameters of the first heartbeat after those of the headers.',
      timed: true,
    },
    judgeHeartbeatWins,
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
    occasion: 'Let the client reconnect after a cut.',
    mend: 'Build the headers anew for every attempt.',
    judge: judgeCredentials,
  },
});
