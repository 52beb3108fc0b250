/** HTTP-020 to HTTP-024: how a request is refused before a stream starts. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, type Sighting, sighting, wrong } from '../../judge/rule.js';
import {
  bodyText,
  carriesEvents,
  carriesPart,
  describeAnswer,
  quote,
  refusesForOtherReasons,
  servesStreams,
} from './http-answers.js';
import { essenceOf, isRetryAfter } from './http-fields.js';
import { parseUrl, requestedId, statedId } from './http-streams.js';

const PROBLEM = 'application/problem+json';

/** Refused by the layer that reads HTTP, before the application: header or URL too large, version not supported. */
const HTTP_LAYER_STATUSES = [413, 414, 431, 505];

const NO_EVENT_STREAM = ['accept-json', 'accept-q0'];

/** True where the layer that reads HTTP may have refused: it knows no problem bodies and no streams. */
function isOddOnTheWire(connection: ConnectionView): boolean {
  const trace = connection.requestHeader('x-trace-id') ?? '';
  const cursor = connection.requestHeader('last-event-id') ?? '';
  return trace.length > 4096 || [trace, cursor].some((value) => /[^\x20-\x7e]/.test(value));
}

/** True for a request that asks for a stream, of a form that reaches the application. */
function asksForStream(connection: ConnectionView): boolean {
  return ['GET', 'POST'].includes(connection.request.method) && !isOddOnTheWire(connection);
}

function isInPath(connection: ConnectionView): boolean {
  return parseUrl(connection.request.url)?.searchParams.has('stream_id') === false;
}

function* judgeRefusals(evidence: Evidence): Iterable<Sighting> {
  if (!servesStreams(evidence)) {
    return;
  }
  for (const connection of evidence.connections().filter(asksForStream)) {
    const { status } = connection;
    if (status === null || HTTP_LAYER_STATUSES.includes(status)) {
      continue;
    }
    const essence = essenceOf(connection.header('content-type'));
    if (status < 400) {
      if (essence === PROBLEM) {
        yield wrong(placeOf(connection), `a 4xx or 5xx status with ${PROBLEM}`, describeAnswer(connection));
      }
      continue;
    }
    // Another path than that of the stream may have no part in the protocol.
    if (status === 404 && connection.scenario === 'bad-stream-id' && isInPath(connection)) {
      continue;
    }
    if (essence !== PROBLEM) {
      yield wrong(placeOf(connection), `a body of the media type ${PROBLEM}`, describeAnswer(connection));
    } else if (connection.end.by === 'target' && connection.end.kind === 'eof') {
      yield judgeProblem(connection, status);
    }
  }
}

/** RFC 9457, section 3: a JSON object, whose member `status`, where it has one, is the status of the answer. */
function judgeProblem(connection: ConnectionView, status: number): Sighting {
  const body = bodyText(connection);
  const problem = objectIn(body);
  const other = typeof problem?.status === 'number' && problem.status !== status;
  return sighting(
    problem !== undefined && !other,
    { ...placeOf(connection), excerpt: body.slice(0, 300) },
    () => `status ${status} with a JSON object in the body${other ? ' that names no other status' : ''}`,
    () => {
      if (problem !== undefined) {
        return `the member status is ${String(problem.status)}`;
      }
      return body === '' ? 'an empty body' : `a body that is no JSON object: ${quote(body)}`;
    },
  );
}

function objectIn(text: string): { readonly status?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function* judgeRetryAfter(evidence: Evidence): Iterable<Sighting> {
  const serves = servesStreams(evidence);
  const busy = evidence.connections().some(({ status }) => status === 429 || status === 503);
  if (serves && !busy && evidence.connections(['limit']).length === 0) {
    yield notApplicable(
      'Nothing was answered with 429 or 503; where the target limits its clients, give `--occasion limit=URL`.',
    );
    return;
  }
  for (const connection of evidence.connections()) {
    const { status } = connection;
    if (status !== 429 && status !== 503) {
      continue;
    }
    const value = connection.header('retry-after')?.trim();
    const ok = value !== undefined && isRetryAfter(value);
    if (serves || !ok) {
      yield sighting(
        ok,
        placeOf(connection),
        () => `a Retry-After header with status ${status}, in whole seconds or as a date`,
        () => (value === undefined ? 'no Retry-After header' : `Retry-After: ${quote(value)}`),
      );
    }
  }
}

function* judgeAccept(evidence: Evidence): Iterable<Sighting> {
  if (!servesStreams(evidence)) {
    return;
  }
  for (const connection of evidence.connections(['accept'])) {
    const { status, label } = connection;
    if (NO_EVENT_STREAM.includes(label) && status !== null && !refusesForOtherReasons(status)) {
      yield sighting(
        status === 406,
        placeOf(connection),
        () => `status 406 for Accept: ${connection.requestHeader('accept') ?? ''}`,
        () => describeAnswer(connection),
      );
    }
  }
}

function* judgeStreamId(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('bad-stream-id');
  if (scenario === undefined || !servesStreams(evidence)) {
    return;
  }
  for (const connection of scenario.connections) {
    const { status } = connection;
    const sent = String(scenario.notes[connection.label] ?? '');
    if (status === null || refusesForOtherReasons(status) || HTTP_LAYER_STATUSES.includes(status)) {
      continue;
    }
    // In a path, a slash or a space may lead elsewhere before the server sees a stream id.
    if (isInPath(connection) && (status === 404 || sent === '')) {
      continue;
    }
    yield sighting(
      status === 400,
      placeOf(connection),
      () => `status 400 for the stream_id ${quote(sent)}`,
      () => describeAnswer(connection),
    );
  }
}

function* judgeConflict(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('conflict');
  const first = scenario?.connection('first');
  const other = scenario?.connection('other');
  if (scenario === undefined || first === undefined || other === undefined || !carriesPart(first)) {
    return;
  }
  const { status } = other;
  const asked = requestedId(first, scenario);
  const ignored = asked !== undefined && statedId(first) !== undefined && statedId(first) !== asked;
  // A server that chose another id has no stream of that name (HTTP-028).
  if (status === null || ignored || refusesForOtherReasons(status)) {
    return;
  }
  yield sighting(
    status === 409 && !carriesEvents(other),
    placeOf(other),
    () => 'status 409 for an existing stream_id with other parameters',
    () => describeAnswer(other),
  );
}

export const refusalRules = {
  'HTTP-020': {
    from: ['read-through', 'bad-cursor', 'bad-stream-id', 'accept', 'limit', 'conflict', 'authorization'],
    observes: 'Status, media type and body of every refused request for a stream.',
    occasion: 'Serve a stream, and refuse a malformed cursor, stream id or Accept header with a 4xx status.',
    mend: 'Answer every refusal, also those of the framework, with `application/problem+json` and a JSON object (RFC 9457).',
    judge: judgeRefusals,
  },
  'HTTP-021': {
    from: ['accept', 'read-through'],
    observes: 'The status for `Accept: application/json` and for `text/event-stream;q=0, application/json`.',
    occasion: 'Serve a stream to `Accept: text/event-stream` on the same URL.',
    mend: 'Answer 406 where no range of `Accept` with a weight above 0 admits `text/event-stream`.',
    judge: judgeAccept,
  },
  'HTTP-022': {
    from: ['read-through', 'limit', 'readers'],
    observes: 'The `Retry-After` header of every answer of status 429 or 503.',
    occasion: 'Give the occasion `limit`: a URL that answers 429 after a few quick requests.',
    mend: 'Send `Retry-After` in whole seconds with every 429 and 503.',
    judge: judgeRetryAfter,
  },
  'HTTP-023': {
    from: ['bad-stream-id', 'read-through'],
    observes: 'The status for stream ids with a space, a slash, a letter outside ASCII, 129 characters and none.',
    occasion: 'Serve a stream whose URL takes a `stream_id`.',
    mend: 'Check `stream_id` against `[A-Za-z0-9._~-]{1,128}` before anything else and answer 400.',
    judge: judgeStreamId,
  },
  'HTTP-024': {
    from: ['conflict'],
    observes: 'The status for the `stream_id` of a running stream with other parameters.',
    occasion: 'Give the occasion `conflict`: the URL of the stream with other parameters, such as another query.',
    mend: 'Keep the parameters of a stream with it and answer 409 where a request names it with others.',
    judge: judgeConflict,
  },
} satisfies RuleBook<'server', 'HTTP'>;
