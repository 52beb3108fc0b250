/** HTTP-015 to HTTP-017: readers of another origin, preflights and OPTIONS. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, type Sighting, sighting } from '../../judge/rule.js';
import { carriesPart, describeAnswer, isBusy, quote, servesStreams } from './http-answers.js';
import { tokensOf } from './http-fields.js';

/** The parameter headers, as the chapter defines them. */
const PARAMETER_HEADERS = [
  'X-Trace-ID',
  'X-Stream-ID',
  'X-Stream-Max-Seconds',
  'X-Heartbeat-Interval',
  'X-Silence-Threshold',
  'X-Stream-Protocol',
];

const REQUEST_HEADERS = ['Last-Event-ID', 'X-Trace-ID'];

/** True where the answer lets a reader of the asking origin, or of any, see it. */
function allowsOrigin(connection: ConnectionView): boolean {
  const allowed = connection.header('access-control-allow-origin')?.trim();
  const asking = connection.requestHeader('origin');
  return allowed !== undefined && (allowed === '*' || allowed === asking);
}

/** The names that a list of `wanted` lacks. A wildcard names all of them, except where credentials are allowed. */
function missingFrom(connection: ConnectionView, header: string, wanted: readonly string[]): readonly string[] {
  const listed = tokensOf(connection.header(header) ?? '');
  const credentials = connection.header('access-control-allow-credentials')?.trim().toLowerCase() === 'true';
  return listed.includes('*') && !credentials ? [] : wanted.filter((name) => !listed.includes(name.toLowerCase()));
}

function describeList(connection: ConnectionView, header: string): string {
  const value = connection.header(header);
  return value === undefined ? `no ${header} header` : `${header}: ${quote(value)}`;
}

function* judgeExposed(evidence: Evidence): Iterable<Sighting> {
  const answers = evidence.connections().filter(carriesPart);
  const open = answers.filter((connection) => connection.header('access-control-allow-origin') !== undefined);
  for (const connection of open) {
    // A header that the answer does not have needs no exposure: that it is missing is another requirement's matter.
    const sent = PARAMETER_HEADERS.filter((name) => connection.header(name) !== undefined);
    const missing = missingFrom(connection, 'Access-Control-Expose-Headers', sent);
    if (sent.length > 0) {
      yield sighting(
        missing.length === 0,
        placeOf(connection),
        () => `Access-Control-Expose-Headers that lists ${missing.join(', ')}`,
        () => describeList(connection, 'Access-Control-Expose-Headers'),
      );
    }
  }
  const asked = answers.some((connection) => connection.requestHeader('origin') !== undefined);
  if (open.length === 0 && asked) {
    yield notApplicable('The target allows no reader of the origin that the kit named.');
  }
}

function* judgeAllowed(evidence: Evidence): Iterable<Sighting> {
  if (!servesStreams(evidence)) {
    return;
  }
  const asked = evidence.connections().filter((connection) => connection.requestHeader('origin') !== undefined);
  const allowed = asked.some((connection) => carriesPart(connection) && allowsOrigin(connection));
  for (const preflight of asked.filter(isPreflight)) {
    const { status } = preflight;
    // A preflight that is not answered at all is the matter of HTTP-017.
    if (status === null || status < 200 || status > 299) {
      continue;
    }
    if (!allowed && !allowsOrigin(preflight)) {
      yield notApplicable('The target allows no reader of the origin that the kit named.');
      continue;
    }
    const missing = missingFrom(preflight, 'Access-Control-Allow-Headers', REQUEST_HEADERS);
    yield sighting(
      missing.length === 0 && allowsOrigin(preflight),
      placeOf(preflight),
      () => 'a preflight answer that allows its origin and the headers Last-Event-ID and X-Trace-ID',
      () =>
        allowsOrigin(preflight)
          ? describeList(preflight, 'Access-Control-Allow-Headers')
          : describeList(preflight, 'Access-Control-Allow-Origin'),
    );
  }
}

function isPreflight(connection: ConnectionView): boolean {
  return (
    connection.request.method === 'OPTIONS' && connection.requestHeader('access-control-request-method') !== undefined
  );
}

function* judgeOptions(evidence: Evidence): Iterable<Sighting> {
  if (!servesStreams(evidence)) {
    return;
  }
  for (const connection of evidence.connections()) {
    const { status } = connection;
    if (connection.request.method === 'OPTIONS' && status !== null && !isBusy(status)) {
      yield sighting(
        status >= 200 && status <= 299,
        placeOf(connection),
        () => 'a 2xx status for OPTIONS',
        () => describeAnswer(connection),
      );
    }
  }
}

export const crossOriginRules = {
  'HTTP-015': {
    from: ['cors'],
    observes: '`Access-Control-Expose-Headers` of every part of a stream that a reader of another origin may read.',
    occasion: 'Allow a reader of another origin: send Access-Control-Allow-Origin to a request with an Origin header.',
    mend: `List ${PARAMETER_HEADERS.join(', ')} in \`Access-Control-Expose-Headers\` on the GET itself, not only on the preflight.`,
    judge: judgeExposed,
  },
  'HTTP-016': {
    from: ['cors'],
    observes: '`Access-Control-Allow-Headers` of the answer to a preflight whose origin the target allows.',
    occasion: 'Answer a preflight for the URL of a stream with a 2xx status and Access-Control-Allow-Origin.',
    mend: 'Answer preflights with `Access-Control-Allow-Origin` and `Access-Control-Allow-Headers: Last-Event-ID, X-Trace-ID`.',
    judge: judgeAllowed,
  },
  'HTTP-017': {
    from: ['cors'],
    observes: 'The status of an OPTIONS request for the URL of a stream, as a preflight and without an origin.',
    occasion: 'Give the URL of a stream that can be asked with OPTIONS.',
    mend: 'Answer OPTIONS on the URL of a stream with 204 before any routing that knows GET alone, and without credentials.',
    judge: judgeOptions,
  },
} satisfies RuleBook<'server', 'HTTP'>;
