/** The rules on servers of the chapter on trace ids. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import {
  placeOf,
  type Rule,
  type RuleBook,
  right,
  type Sighting,
  serverRules,
  sighting,
  wrong,
} from '../../judge/rule.js';
import { bodyBytes, bodyText, carriesEvents, carriesPart, EVENT_SCENARIOS, quote } from './http-answers.js';
import { mayBeSecond } from './http-generation.js';
import { cursorOf, type StreamGroup, streamsOf } from './http-streams.js';
import { scoped } from './rule-scope.js';

const TRACE_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Version 00 as the W3C recommendation writes it; a later version may go on after the flags. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

const OCCASION = 'Give the URL of a stream that answers 200 and sends at least one event.';

/** The `X-Trace-ID` of an answer; undefined where it is absent or empty. */
function traceIdOf(connection: ConnectionView): string | undefined {
  return connection.header('x-trace-id')?.trim() || undefined;
}

/** `trace_id` of the first event that has one as a string. */
function traceIdInEvents(connection: ConnectionView): string | undefined {
  for (const event of connection.events()) {
    const id = connection.json(event)?.trace_id;
    if (typeof id === 'string') {
      return id;
    }
  }
  return undefined;
}

/**
 * True for a target whose header changes from one connection of a stream to the next while the events agree: the events
 * then tell the trace id of its streams, and the header is the fault (TRACE-002).
 */
function changesHeader(evidence: Evidence): boolean {
  return streamsOf(evidence).some((group) =>
    furtherParts(group).some((part) => {
      const inEvents = traceIdInEvents(group.creator);
      return (
        inEvents !== undefined &&
        inEvents === traceIdInEvents(part) &&
        traceIdOf(part) !== undefined &&
        traceIdOf(group.creator) !== traceIdOf(part)
      );
    }),
  );
}

/** The trace id of the stream that a connection created. */
function traceIdOfStream(creator: ConnectionView, headerChanges: boolean): string | undefined {
  const inEvents = traceIdInEvents(creator);
  return headerChanges && inEvents !== undefined ? inEvents : (traceIdOf(creator) ?? inEvents);
}

/** The trace-id of a valid `traceparent`. */
function parentOf(connection: ConnectionView): string | undefined {
  const [, version, traceId, rest] = TRACEPARENT.exec(connection.requestHeader('traceparent') ?? '') ?? [];
  return version === '00' && rest !== undefined ? undefined : traceId;
}

function* judgeHeader(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections().filter(carriesEvents)) {
    yield sighting(
      traceIdOf(connection) !== undefined,
      placeOf(connection),
      () => 'a header X-Trace-ID',
      () => (connection.header('x-trace-id') === undefined ? 'no X-Trace-ID header' : 'an empty X-Trace-ID header'),
    );
  }
}

function* judgeSameness(evidence: Evidence): Iterable<Sighting> {
  for (const group of streamsOf(evidence)) {
    const own = traceIdOf(group.creator);
    for (const part of own === undefined ? [] : furtherParts(group)) {
      const value = traceIdOf(part);
      // A second generation is another stream, and HTTP-029 its fault.
      if (value !== undefined && !mayBeSecond(group, part)) {
        yield sighting(
          value === own,
          placeOf(part),
          () => `X-Trace-ID: ${own}, as on ${group.creator.label}`,
          () => `X-Trace-ID: ${quote(value)}`,
        );
      }
    }
  }
}

function furtherParts(group: StreamGroup): readonly ConnectionView[] {
  return group.parts.filter((part) => part !== group.creator);
}

function* judgeEvents(evidence: Evidence): Iterable<Sighting> {
  const headerChanges = changesHeader(evidence);
  for (const group of streamsOf(evidence)) {
    const own = traceIdOfStream(group.creator, headerChanges);
    const parts = [group.creator, ...furtherParts(group)];
    for (const part of own === undefined ? [] : parts) {
      if (part === group.creator || !mayBeSecond(group, part)) {
        yield* judgeEventsOf(part, own ?? '');
      }
    }
  }
}

/** One sighting a connection: its first event with another trace id or none, else that all are right. */
function* judgeEventsOf(connection: ConnectionView, own: string): Iterable<Sighting> {
  let looked = 0;
  for (const event of connection.events()) {
    const data = connection.json(event);
    // Data that is no object is the matter of EVENT-006.
    if (data === undefined) {
      continue;
    }
    looked += 1;
    if (data.trace_id !== own) {
      const value = data.trace_id;
      yield wrong(
        placeOf(connection, event),
        `trace_id ${quote(own)} in every event`,
        value === undefined
          ? `no trace_id in a ${event.type}`
          : `trace_id ${quote(typeof value === 'string' ? value : JSON.stringify(value))}`,
      );
      return;
    }
  }
  if (looked > 0) {
    yield right(placeOf(connection));
  }
}

/** Judges that the creating request's id is the stream's; `sent` is the id that it asks for. */
function* judgeChosen(evidence: Evidence, sent: (creator: ConnectionView) => string | undefined): Iterable<Sighting> {
  const headerChanges = changesHeader(evidence);
  for (const { creator } of streamsOf(evidence)) {
    const wanted = sent(creator);
    const used = traceIdOfStream(creator, headerChanges);
    if (wanted !== undefined && used !== undefined && cursorOf(creator) === 0) {
      yield sighting(
        used === wanted,
        placeOf(creator),
        () => `the trace id ${quote(wanted)} of the creating request`,
        () => `the trace id ${quote(used)}`,
      );
    }
  }
}

function wellFormedOf(connection: ConnectionView): string | undefined {
  const value = connection.requestHeader('x-trace-id');
  return value !== undefined && TRACE_ID.test(value) ? value : undefined;
}

function* judgeForm(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections().filter(carriesEvents)) {
    const used = [traceIdOf(connection), traceIdInEvents(connection)].filter((id) => id !== undefined);
    const odd = used.find((id) => !TRACE_ID.test(id));
    if (used.length > 0) {
      yield sighting(
        odd === undefined,
        placeOf(connection),
        () => 'a trace id of 1 to 128 characters of [A-Za-z0-9._-]',
        () => `the trace id ${quote(odd ?? '')}, ${odd?.length ?? 0} characters`,
      );
    }
  }
}

/** The malformed trace id of the request, as the kit sent it. */
function malformedOf(connection: ConnectionView): string | undefined {
  const value = connection.requestHeader('x-trace-id');
  return value === undefined || value === '' || TRACE_ID.test(value) ? undefined : value;
}

/** Where the value stands in the answer: in a header, or in the body, also with its bytes read in another encoding. */
function echoOf(connection: ConnectionView, value: string): string | undefined {
  const misread = Buffer.from(value, 'latin1').toString('utf8');
  const forms = [value, misread, Buffer.from(value, 'utf8').toString('latin1'), encodeURIComponent(value)];
  const header = connection.response?.headers.find(([, text]) => forms.some((form) => text.includes(form)));
  if (header !== undefined) {
    return `it stands in the header ${header[0]}`;
  }
  const inBody = [...forms, JSON.stringify(value).slice(1, -1)];
  const texts = [bodyText(connection), bodyBytes(connection)];
  return inBody.some((form) => texts.some((text) => text.includes(form))) ? 'it stands in the body' : undefined;
}

function* judgeEcho(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections()) {
    const value = malformedOf(connection);
    if (value === undefined || connection.response === null) {
      continue;
    }
    const echo = echoOf(connection, value);
    if (echo !== undefined || carriesPart(connection)) {
      yield sighting(
        echo === undefined,
        placeOf(connection),
        () => `an answer without the malformed trace id ${quote(value)}`,
        () => echo ?? '',
      );
    }
  }
}

const book = {
  'TRACE-001': {
    from: EVENT_SCENARIOS,
    observes: 'The `X-Trace-ID` header of every answer whose body has at least one event.',
    occasion: OCCASION,
    mend: 'Send `X-Trace-ID` on every answer that carries events, refusals in band included.',
    judge: judgeHeader,
  },
  'TRACE-002': {
    from: ['cut-and-resume', 'readers', 'replay-cut', 'after-the-end', 'cap-reconnect', 'create'],
    observes: '`X-Trace-ID` on every further connection of a stream, beside that of the connection that created it.',
    occasion: 'Serve a stream that several connections can read, at once or one after the other.',
    mend: 'Keep the trace id with the stream and send it on every connection; ignore what a resuming request proposes.',
    judge: judgeSameness,
  },
  'TRACE-003': {
    from: EVENT_SCENARIOS,
    observes: '`trace_id` in the data of every event, beside the trace id of its stream.',
    occasion: OCCASION,
    mend: 'Put the trace id of the stream into the data of every event, heartbeats and terminal events included.',
    judge: judgeEvents,
  },
  'TRACE-004': {
    from: ['cut-and-resume', 'readers'],
    observes: 'The trace id of a stream whose creating request sent a well-formed `X-Trace-ID`.',
    occasion: 'Serve a stream to a request with an X-Trace-ID header, and name its trace id in the answer.',
    mend: 'Take the `X-Trace-ID` of the creating request where it matches `[A-Za-z0-9._-]{1,128}`.',
    judge: (evidence) => judgeChosen(evidence, wellFormedOf),
  },
  'TRACE-005': {
    from: ['cap', 'readers'],
    observes: 'The trace id of a stream whose creating request sent a valid `traceparent` and no usable `X-Trace-ID`.',
    occasion: 'Serve a stream to a request with a traceparent header, and name its trace id in the answer.',
    mend: 'Take the 32 hexadecimal digits of the trace-id from `traceparent`, as they are.',
    judge: (evidence) =>
      judgeChosen(evidence, (creator) => (wellFormedOf(creator) === undefined ? parentOf(creator) : undefined)),
  },
  'TRACE-006': {
    from: [...EVENT_SCENARIOS, 'trace-hostile', 'replay-cut'],
    observes: 'The characters and the length of every trace id in a header or an event.',
    occasion: OCCASION,
    mend: 'Draw trace ids from `[A-Za-z0-9._-]`, at most 128 characters, such as 32 hexadecimal digits.',
    judge: judgeForm,
  },
  'TRACE-007': {
    from: ['trace-hostile', 'replay-cut'],
    observes: 'Header fields and body of the answers to requests with a malformed `X-Trace-ID`.',
    occasion: 'Serve a stream to a request with a malformed X-Trace-ID header.',
    mend: 'Replace a malformed trace id by one of the server, in headers, events and messages alike.',
    judge: judgeEcho,
  },
} satisfies Record<string, Rule> satisfies RuleBook<'server', 'TRACE'>;

export const trace = serverRules('TRACE', scoped(book));
