/** HTTP-001 to HTTP-012: status, media type and header fields of the answers that carry events. */

import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { isEventStreamType } from '../../evidence/views.js';
import { notApplicable, placeOf, type Rule, type RuleBook, type Sighting, sighting } from '../../judge/rule.js';
import { carriesEvents, carriesPart, EVENT_SCENARIOS, quote } from './http-answers.js';
import { isSeconds, saysOnly, tokensOf } from './http-fields.js';
import { idInHeartbeat, requestedId } from './http-streams.js';

const STREAM_OCCASION = 'Give the URL of a stream that answers 200 and sends at least one event.';
const STREAM_ID = /^[A-Za-z0-9._~-]{1,128}$/;
const DIRECTIVES = ['no-cache', 'no-store', 'no-transform'];

/** The parameter headers whose values are numbers, in seconds. */
const SECONDS_HEADERS = ['X-Stream-Max-Seconds', 'X-Heartbeat-Interval', 'X-Silence-Threshold'];

/** A rule on one header of every answer for which `counts`. */
function headerRule(
  counts: (connection: ConnectionView) => boolean,
  name: string,
  rule: Omit<Rule, 'from' | 'judge' | 'occasion'> & {
    ok: (value: string | undefined) => boolean;
    expected: string;
    /** Why the absence of the header on this answer tells nothing of the target. */
    excuse?: (connection: ConnectionView) => string | undefined;
  },
): Rule {
  const { ok, expected, observes, mend, excuse } = rule;
  return {
    from: EVENT_SCENARIOS,
    observes,
    occasion: STREAM_OCCASION,
    mend,
    *judge(evidence) {
      for (const connection of evidence.connections().filter(counts)) {
        const value = connection.header(name);
        const excused = value === undefined ? excuse?.(connection) : undefined;
        if (excused !== undefined) {
          yield notApplicable(excused);
          continue;
        }
        yield sighting(
          ok(value),
          placeOf(connection),
          () => expected,
          () => (value === undefined ? `no ${name} header` : `${name}: ${quote(value)}`),
        );
      }
    },
  };
}

/** nginx obeys the header of the server behind it and does not pass it on. */
function takenByNginx(connection: ConnectionView): string | undefined {
  return /^nginx\b/i.test(connection.header('server') ?? '')
    ? 'nginx stands before the target and keeps X-Accel-Buffering to itself: grade the target without it to see this.'
    : undefined;
}

const isSent = (value: string | undefined): boolean => value !== undefined && value.trim() !== '';

/** A rule that a part of a stream comes with a header; its form is the matter of HTTP-012. */
function declares(name: string, what: string): Rule {
  return headerRule(carriesPart, name, {
    observes: `The \`${name}\` header of every answer that carries a part of a stream.`,
    mend: `Send \`${name}\` with ${what} in seconds on every answer that carries a part of a stream, replays included.`,
    ok: isSent,
    expected: `a header ${name} with ${what} in seconds`,
  });
}

function* judgeStreamId(evidence: Evidence): Iterable<Sighting> {
  for (const scenario of evidence.scenarios) {
    for (const connection of scenario.connections.filter(carriesPart)) {
      const value = connection.header('x-stream-id');
      const asked = requestedId(connection, scenario);
      // Where the heartbeat agrees with the request, it is the header that names another stream.
      const contradicted = value !== asked && asked !== undefined && idInHeartbeat(connection) === asked;
      yield sighting(
        value !== undefined && STREAM_ID.test(value) && !contradicted,
        placeOf(connection),
        () => `a header X-Stream-ID with the id of the stream${asked === undefined ? '' : `, ${quote(asked)}`}`,
        () => (value === undefined ? 'no X-Stream-ID header' : `X-Stream-ID: ${quote(value)}`),
      );
    }
  }
}

function* judgeConnectionHeader(evidence: Evidence): Iterable<Sighting> {
  let modern = 0;
  for (const connection of evidence.connections()) {
    const { response } = connection;
    if (response === null || response.httpVersion.startsWith('1') || response.httpVersion.startsWith('0')) {
      continue;
    }
    modern += 1;
    const value = connection.header('connection');
    if (value !== undefined || carriesEvents(connection)) {
      yield sighting(
        value === undefined,
        placeOf(connection),
        () => `no Connection header over HTTP/${response.httpVersion}`,
        () => `Connection: ${quote(value ?? '')}`,
      );
    }
  }
  if (modern === 0 && evidence.connections().some(carriesEvents)) {
    yield notApplicable('The target answered over HTTP/1.1 or older.');
  }
}

function* judgeNumbers(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections().filter(carriesPart)) {
    for (const name of SECONDS_HEADERS) {
      const value = connection.header(name);
      // An absent or empty one is the matter of HTTP-007, HTTP-008 and HTTP-009.
      if (value !== undefined && isSent(value)) {
        yield sighting(
          isSeconds(value),
          placeOf(connection),
          () => `${name} in decimal seconds, at most three decimals, from 0.05 to 86400`,
          () => `${name}: ${quote(value)}`,
        );
      }
    }
  }
}

export const headerRules = {
  'HTTP-001': {
    from: EVENT_SCENARIOS,
    observes: 'The status of every answer whose body has at least one event.',
    occasion: STREAM_OCCASION,
    mend: 'Answer with status 200 wherever events follow; refuse with a 4xx or 5xx status and no events.',
    *judge(evidence) {
      for (const connection of evidence.connections().filter(carriesEvents)) {
        yield sighting(
          connection.status === 200,
          placeOf(connection),
          () => 'status 200 on an answer that carries events',
          () => `status ${connection.status}`,
        );
      }
    },
  },
  'HTTP-002': headerRule(carriesEvents, 'Content-Type', {
    observes: 'The media type of every answer whose body has at least one event.',
    mend: 'Set `Content-Type: text/event-stream` before the first byte of the body, on replays and refusals in band too.',
    ok: isEventStreamType,
    expected: 'Content-Type: text/event-stream, with or without parameters',
  }),
  'HTTP-003': headerRule(carriesEvents, 'Cache-Control', {
    observes: 'The `Cache-Control` directives of every answer whose body has at least one event.',
    mend: 'Send `Cache-Control: no-cache, no-store, no-transform` on every answer that carries events.',
    ok: (value) => value !== undefined && DIRECTIVES.every((directive) => tokensOf(value).includes(directive)),
    expected: 'Cache-Control with no-cache, no-store and no-transform',
  }),
  'HTTP-004': headerRule(carriesEvents, 'X-Accel-Buffering', {
    observes: 'The `X-Accel-Buffering` header of every answer whose body has at least one event.',
    mend: 'Send `X-Accel-Buffering: no` on every answer that carries events; a proxy may have removed it on the way.',
    ok: (value) => saysOnly(value, 'no'),
    expected: 'X-Accel-Buffering: no',
    excuse: takenByNginx,
  }),
  'HTTP-005': headerRule(carriesEvents, 'X-Content-Type-Options', {
    observes: 'The `X-Content-Type-Options` header of every answer whose body has at least one event.',
    mend: 'Send `X-Content-Type-Options: nosniff` on every answer that carries events.',
    ok: (value) => saysOnly(value, 'nosniff'),
    expected: 'X-Content-Type-Options: nosniff',
  }),
  'HTTP-006': {
    from: EVENT_SCENARIOS,
    observes: 'The `X-Stream-ID` header of every answer that carries a part of a stream.',
    occasion: STREAM_OCCASION,
    mend: 'Send `X-Stream-ID` with the id of the stream, the same on every connection, of 1 to 128 characters of `[A-Za-z0-9._~-]`.',
    judge: judgeStreamId,
  },
  'HTTP-007': declares('X-Stream-Max-Seconds', 'the cap of the stream'),
  'HTTP-008': declares('X-Heartbeat-Interval', 'the heartbeat interval'),
  'HTTP-009': declares('X-Silence-Threshold', 'the silence threshold'),
  'HTTP-010': headerRule(carriesPart, 'X-Stream-Protocol', {
    observes: 'The `X-Stream-Protocol` header of every answer that carries a part of a stream.',
    mend: 'Send `X-Stream-Protocol: 1.0` on every answer that carries a part of a stream.',
    ok: (value) => value?.trim() === '1.0',
    expected: 'X-Stream-Protocol: 1.0',
  }),
  'HTTP-011': {
    from: [...EVENT_SCENARIOS, 'http2'],
    observes: 'The header fields of every answer over HTTP/2 or later.',
    occasion: 'Give the URL of a stream that the target serves over HTTP/2; over http: use --http2.',
    mend: 'Do not set `Connection`: HTTP/1.1 keeps connections alive without it, and HTTP/2 forbids it.',
    judge: judgeConnectionHeader,
  },
  'HTTP-012': {
    from: EVENT_SCENARIOS,
    observes: 'The form and range of the numbers in the parameter headers that are present.',
    occasion: 'Send X-Stream-Max-Seconds, X-Heartbeat-Interval and X-Silence-Threshold with every part of a stream.',
    mend: 'Write seconds such as `5` or `0.2`: digits, at most three decimals, no unit, no exponent, from 0.05 to 86400.',
    judge: judgeNumbers,
  },
} satisfies RuleBook<'server', 'HTTP'>;
