/** HTTP-025 and HTTP-026: a HEAD request is answered and starts nothing. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { carriesPart, describeAnswer, quote, refusesForOtherReasons } from './http-answers.js';
import { essenceOf, tokensOf } from './http-fields.js';

/** Fields that are the same for every request of a stream; a trace id drawn at creation cannot be known to a HEAD. */
const STABLE_HEADERS = [
  'Content-Type',
  'Cache-Control',
  'X-Accel-Buffering',
  'X-Content-Type-Options',
  'X-Stream-ID',
  'X-Stream-Max-Seconds',
  'X-Heartbeat-Interval',
  'X-Silence-Threshold',
  'X-Stream-Protocol',
] as const;

/** Streams that a GET created: how old they call themselves beyond the age of their connection is their own habit. */
const FRESH_STREAMS = ['read-through', 'cut-and-resume', 'bad-cursor', 'unknown-cursor'];

function headAndGet(evidence: Evidence): { head: ConnectionView; get: ConnectionView } | undefined {
  const scenario = evidence.scenario('head');
  const head = scenario?.connection('head');
  const get = scenario?.connection('get-after-head');
  return head === undefined || get === undefined || !carriesPart(get) ? undefined : { head, get };
}

function comparable(name: string, value: string): string {
  if (name === 'Content-Type') {
    return essenceOf(value) ?? '';
  }
  return name === 'Cache-Control' ? [...tokensOf(value)].sort().join(', ') : value.trim();
}

/** Fields of the GET that the HEAD lacks or gives another value. */
function differencesOf(head: ConnectionView, get: ConnectionView): readonly string[] {
  return STABLE_HEADERS.flatMap((name) => {
    const wanted = get.header(name);
    const value = head.header(name);
    // A stream id that the server draws is another for every request.
    if (wanted === undefined || (name === 'X-Stream-ID' && !get.request.url.includes(wanted))) {
      return [];
    }
    if (value === undefined) {
      return [`no ${name}`];
    }
    return comparable(name, value) === comparable(name, wanted) ? [] : [`${name}: ${quote(value)}`];
  });
}

function* judgeHead(evidence: Evidence): Iterable<Sighting> {
  const pair = headAndGet(evidence);
  if (pair === undefined) {
    return;
  }
  const { head, get } = pair;
  const { status } = head;
  if (status === null) {
    yield* judgeSilence(head, get);
    return;
  }
  if (refusesForOtherReasons(status)) {
    return;
  }
  const differences = status === get.status ? differencesOf(head, get) : [];
  yield sighting(
    status === 405 || (status === get.status && differences.length === 0),
    placeOf(head),
    () => 'status 405, or the status and header fields of the GET',
    () => (differences.length > 0 ? `${differences.join(', ')}` : describeAnswer(head)),
  );
}

/** No answer is none of the two that are allowed, where the GET was answered far sooner than the kit waited. */
function* judgeSilence(head: ConnectionView, get: ConnectionView): Iterable<Sighting> {
  const waitedMs = head.end.atMs - head.sentAtMs;
  const neededMs = (get.response?.atMs ?? Number.POSITIVE_INFINITY) - get.sentAtMs;
  if (head.end.by === 'target' || waitedMs > 2 * neededMs) {
    const how = head.end.by === 'target' ? `${head.end.kind} instead of an answer` : 'no answer';
    yield wrong(
      placeOf(head),
      'status 405, or the status and header fields of the GET',
      `${how} after ${Math.round(waitedMs)} ms`,
    );
  }
}

/** How much older than its connection the stream called itself at its first heartbeat, milliseconds. */
function headStartOf(connection: ConnectionView): number | undefined {
  for (const heartbeat of connection.events('heartbeat')) {
    const data = connection.json(heartbeat);
    const uptime = data?.uptime_seconds;
    if (typeof uptime === 'number' && Number.isFinite(uptime)) {
      return uptime * 1000 - (heartbeat.atMs - connection.sentAtMs);
    }
  }
  return undefined;
}

function* judgeStart(evidence: Evidence): Iterable<Sighting> {
  const pair = headAndGet(evidence);
  if (pair === undefined) {
    return;
  }
  const { head, get } = pair;
  const headStartMs = headStartOf(get);
  const pauseMs = get.sentAtMs - (head.response?.atMs ?? head.sentAtMs);
  if (headStartMs === undefined) {
    return;
  }
  // Shorter than this, the age cannot tell the two requests apart; what was refused has started nothing.
  if (pauseMs < 600) {
    if ((head.status ?? 0) >= 400 && !refusesForOtherReasons(head.status ?? 0)) {
      yield right(placeOf(head));
    }
    return;
  }
  const habitMs = habitOf(evidence);
  const heartbeat = get.events('heartbeat')[0];
  yield sighting(
    headStartMs - habitMs < pauseMs / 2,
    placeOf(get, heartbeat),
    () => `a stream that began with the GET, ${Math.round(pauseMs)} ms after the HEAD`,
    () => `its first heartbeat says that it began ${Math.round(headStartMs)} ms before the GET`,
  );
}

/** The greatest head start among streams that a GET created, at least 0: a server may round its seconds up. */
function habitOf(evidence: Evidence): number {
  const fresh = evidence
    .connections(FRESH_STREAMS)
    .filter((connection) => connection.label === 'first' && carriesPart(connection));
  return Math.max(0, ...fresh.map((connection) => headStartOf(connection) ?? 0));
}

export const headRules = {
  'HTTP-025': {
    from: ['head'],
    observes: 'Status and header fields of a HEAD request, beside those of the GET for the same URL.',
    occasion: 'Give the URL of a stream that can be asked with HEAD and with GET.',
    mend: 'Answer HEAD with 405, or with the status and all header fields of the GET and no body.',
    judge: judgeHead,
  },
  'HTTP-026': {
    from: ['head', ...FRESH_STREAMS],
    observes: 'How old a stream calls itself whose URL was asked with HEAD a second before the GET.',
    occasion: 'Serve a stream with heartbeats that carry `uptime_seconds`.',
    mend: 'Answer HEAD without creating the stream: only GET and POST start one.',
    timed: true,
    judge: judgeStart,
  },
} satisfies RuleBook<'server', 'HTTP'>;
