/** REPLAY-001 to REPLAY-005: where a server looks for the cursor, and what it takes for none or for a malformed one. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { cursorOf, describeCursor, hasEmptyHeader, hasQueryCursor } from './cursors.js';
import { describeAnswer, refusesForOtherReasons } from './http-answers.js';
import {
  beginningOf,
  hadBacklog,
  isServed,
  isUnread,
  nextAfter,
  type Resumption,
  refusesReaders,
  resumptionsBy,
  resumptionsIn,
  unreadPlaces,
} from './resumptions.js';
import { highestBefore, isAfterTheEnd, isFromStart, numberedOn, type Stream, streamsOf } from './streams.js';

const RESUMABLE =
  'Give the URL of an endpoint whose stream has ids and goes on for half a second after the third event.';

function firstId(connection: ConnectionView): string {
  const [first] = numberedOn(connection);
  return first === undefined ? 'no event with an id' : `id ${first.id} as the first`;
}

/** A status that says no to the request itself, not to a further reader, while the stream runs and has that id. */
function isRefused(evidence: Evidence, { stream, connection, cursor }: Resumption): boolean {
  const { status } = connection;
  return (
    !refusesReaders(evidence) &&
    status !== null &&
    status >= 400 &&
    status < 500 &&
    !refusesForOtherReasons(status) &&
    !isAfterTheEnd(stream, connection) &&
    cursor <= highestBefore(stream, connection.sentAtMs)
  );
}

function* judgePlace(evidence: Evidence, place: 'header' | 'query'): Iterable<Sighting> {
  for (const resumption of resumptionsBy(evidence, place)) {
    const { stream, connection, cursor } = resumption;
    const expected = `the stream from id ${cursor + 1}, after ${describeCursor(cursorOf(connection))}`;
    const carries = isServed(resumption) || stream.restarts.includes(connection);
    const beginning = carries ? beginningOf(resumption) : undefined;
    if (beginning === 'ignored') {
      yield wrong(
        placeOf(connection, numberedOn(connection)[0]?.event),
        expected,
        `the stream from its start: ${firstId(connection)}`,
      );
    } else if (beginning === 'taken' && hadBacklog(resumption)) {
      yield right(placeOf(connection));
    } else if (isRefused(evidence, resumption)) {
      yield wrong(placeOf(connection), expected, describeAnswer(connection));
    }
  }
}

function* judgePrecedence(evidence: Evidence): Iterable<Sighting> {
  // A server that does not read the header at all breaks REPLAY-001; there is no order to judge then.
  const readsHeader = !unreadPlaces(evidence).has('header');
  for (const resumption of resumptionsIn(evidence)) {
    const { stream, connection, cursor } = resumption;
    const sent = cursorOf(connection);
    const inQuery = sent.kind === 'at' ? sent.inQuery : undefined;
    if (inQuery === undefined || inQuery === cursor || !readsHeader) {
      continue;
    }
    const [first] = numberedOn(connection);
    const expected = `id ${cursor + 1} as the first, after ${describeCursor(sent)} beside last_event_id=${inQuery}`;
    if (isServed(resumption) && first !== undefined) {
      if (first.id === nextAfter(stream, cursor)) {
        yield right(placeOf(connection, first.event));
      } else if (first.id === nextAfter(stream, inQuery)) {
        yield wrong(placeOf(connection, first.event), expected, `id ${first.id}, after the cursor of the query`);
      }
    } else if (isRefused(evidence, resumption)) {
      yield wrong(placeOf(connection), expected, describeAnswer(connection));
    }
  }
}

function* judgeMalformed(evidence: Evidence): Iterable<Sighting> {
  for (const { connections } of evidence.scenarios) {
    // A target that serves nothing refuses for reasons of its own.
    if (!connections.some((connection) => connection.carriesStream && isFromStart(connection))) {
      continue;
    }
    for (const connection of connections) {
      const cursor = cursorOf(connection);
      const { status, end } = connection;
      const told = status === null ? end.by === 'target' : !refusesForOtherReasons(status);
      const asked = cursor.kind === 'malformed' && connection.request.method === 'GET';
      if (asked && told && !isUnread(evidence, connection)) {
        yield sighting(
          status === 400,
          placeOf(connection),
          () => `status 400 for ${describeCursor(cursor)}`,
          () => describeAnswer(connection),
        );
      }
    }
  }
}

/** True where readers without a cursor do not begin at the start either: that is REPLAY-010's finding. */
function joinsElsewhere({ parts, lowestId }: Stream): boolean {
  return parts.some(
    (part) => isFromStart(part) && !hasEmptyHeader(part) && (numberedOn(part)[0]?.id ?? lowestId) > lowestId,
  );
}

function* judgeEmptyHeader(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence).filter(({ creator }) => creator !== undefined)) {
    const empty = stream.connections.filter(
      (connection) => connection !== stream.creator && hasEmptyHeader(connection) && !hasQueryCursor(connection),
    );
    for (const connection of empty) {
      const [first] = numberedOn(connection);
      const expected = `the stream from id ${stream.lowestId}, as without a cursor`;
      if (!stream.parts.includes(connection)) {
        if (isRefusal(connection) && !refusesReaders(evidence)) {
          yield wrong(placeOf(connection), expected, describeAnswer(connection));
        }
      } else if (first !== undefined && !joinsElsewhere(stream)) {
        const starts = first.id === stream.lowestId;
        yield sighting(
          starts,
          placeOf(connection, first.event),
          () => expected,
          () => firstId(connection),
        );
      }
    }
  }
}

/** A status that refuses the request itself, or a refusal in band. */
function isRefusal({ status, refusal }: ConnectionView): boolean {
  return refusal !== undefined || (status !== null && status !== 200 && !refusesForOtherReasons(status));
}

export const replayCursor = {
  'REPLAY-001': {
    from: ['cut-and-resume', 'readers', 'after-the-end'],
    observes: 'The first id of connections that carried a cursor in the `Last-Event-ID` header alone.',
    occasion: RESUMABLE,
    mend: 'Read the header `Last-Event-ID` on every GET and start the replay after it.',
    judge: (evidence) => judgePlace(evidence, 'header'),
  },
  'REPLAY-002': {
    from: ['cut-and-resume', 'readers', 'after-the-end'],
    observes: 'The first id of connections that carried a cursor in the query alone.',
    occasion: RESUMABLE,
    mend: 'Read the query parameter `last_event_id` where the header is absent or empty.',
    judge: (evidence) => judgePlace(evidence, 'query'),
  },
  'REPLAY-003': {
    from: ['cut-and-resume'],
    observes: 'The first id of a connection whose header and query carry different cursors.',
    occasion: RESUMABLE,
    mend: 'Look at the header first, and at the query only where the header is absent or empty.',
    judge: judgePrecedence,
  },
  'REPLAY-004': {
    from: ['bad-cursor'],
    observes: 'The status of answers to cursors that are no decimal number from 0 to 9007199254740991.',
    occasion: 'Give the URL of an endpoint whose stream has at least one event with an id.',
    mend: 'Check the cursor with `^(0|[1-9][0-9]{0,15})$` and the upper bound before anything else; refuse several values.',
    judge: judgeMalformed,
  },
  'REPLAY-005': {
    from: ['readers'],
    observes: 'The first id of a connection whose `Last-Event-ID` header is empty.',
    occasion: 'Give the URL of an endpoint whose stream has at least three events with an id.',
    mend: 'Treat the empty string like a header that was not sent.',
    judge: judgeEmptyHeader,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
