/** EVENT-015, EVENT-017 and EVENT-018, where what a client reports shows more than its cursor. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { cursorAt, cursorOf, placeAt, reportsOf, type Session, sessionsOf, textOf } from './session.js';
import { describeCursor } from './shapes.js';

/** Id of the malformed event of `malformed-once`, and of the one that is of no known type. */
const MALFORMED_ID = 4;
const OTHER_ID = 3;

/** The content of each reported chunk beside that which was sent: characters of several bytes, cut anywhere. */
export function* judgeContent(session: Session): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined) {
    return;
  }
  let seen = 0;
  for (const report of reportsOf(session, 'event')) {
    const sent = contentSent(first, textOf(report, 'id'));
    const reported = contentOf(report.report.data);
    if (sent === undefined || reported === undefined) {
      continue;
    }
    seen += 1;
    if (reported !== sent) {
      yield wrong(placeOf(first), JSON.stringify(sent.slice(0, 60)), JSON.stringify(reported.slice(0, 60)));
      return;
    }
  }
  if (seen > 0) {
    yield right(placeOf(first));
  }
}

function contentSent(connection: ConnectionView, id: string): string | undefined {
  const event = connection.events('content_chunk').find((candidate) => candidate.id === id);
  return event && contentOf(event.data);
}

function contentOf(data: unknown): string | undefined {
  const value = typeof data === 'string' ? parsed(data) : data;
  return typeof value === 'object' && value !== null && 'content' in value && typeof value.content === 'string'
    ? value.content
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Exactly one space goes: with two the type begins with a space, and is no type of the protocol. */
export function* judgeTrimmed(session: Session): Iterable<Sighting> {
  yield* judgeNotContent(session, 'one space stripped, so that the type is " content_chunk"');
}

/** An event without a type is of the type message. */
export function* judgeUntyped(session: Session): Iterable<Sighting> {
  yield* judgeNotContent(session, 'an event without a type taken for a message');
}

/** Wrong where the first connection's event of another type was delivered as content. */
function* judgeNotContent(session: Session, expected: string): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined) {
    return;
  }
  const taken = reportsOf(session, 'event').find(
    (report) =>
      report.atMs <= (second?.sentAtMs ?? Number.POSITIVE_INFINITY) &&
      textOf(report, 'event') === 'content_chunk' &&
      textOf(report, 'id') === String(OTHER_ID),
  );
  if (taken !== undefined) {
    yield wrong(placeOf(first), expected, 'it was delivered as content_chunk');
  }
}

/** With LF between them the lines are no JSON, with nothing between them they are. */
export function* judgeJoined(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [, second] = session.connections;
  const cursor = second && cursorAt(second, evidence);
  if (second === undefined || cursor === undefined || !minds(evidence)) {
    return;
  }
  const place = placeAt(session, second.sentAtMs, second);
  yield cursor < 2
    ? right(place)
    : wrong(place, 'data that are malformed once they are joined with LF', describeCursor(cursorOf(second)));
}

/** True where the client does not take malformed data in: it looks at them. */
function minds(evidence: Evidence): boolean {
  return sessionsOf(evidence, ['malformed-once']).some(({ connections: [, second] }) => {
    const cursor = second && cursorAt(second, evidence);
    return cursor !== undefined && cursor < MALFORMED_ID;
  });
}
