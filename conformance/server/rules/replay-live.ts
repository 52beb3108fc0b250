/** REPLAY-009 and REPLAY-022: whether every reader of a stream goes on with it as long as it runs. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { cursorOf, hasEmptyHeader } from './cursors.js';
import { describeAnswer, refusesForOtherReasons } from './http-answers.js';
import { unnumberedOn } from './numbering.js';
import {
  beginningOf,
  isServed,
  leftOut,
  longReplayOf,
  type Resumption,
  resumptionsIn,
  statedHead,
} from './resumptions.js';
import { inMs, tellsTime } from './rule-shapes.js';
import { isAfterTheEnd, isFromStart, numberedOn, type Stream, streamsOf, terminalOf } from './streams.js';

/** An event that other readers got this long ago would have come. */
const OVERDUE_MS = 1000 + LATE_MS;

/** By how much longer a target keeps its other readers before it is held against it. */
const LONGER_MS = 500;

/** As many resumed connections that were closed, and none that stayed, are no chance. */
const DROPPED_BY_RULE = 3;

interface Missed {
  readonly id: number;
  /** How long this connection stayed open after another had it. */
  readonly overdueMs: number;
}

/** The first event after the last that this connection got, if it stayed open long enough to get it too. */
function missedOn(stream: Stream, connection: ConnectionView, cursor: number): Missed | undefined {
  if (terminalOf(connection) !== undefined || !tellsTime(connection) || connection.reading.stopped) {
    return undefined;
  }
  const last = numberedOn(connection).reduce((greatest, { id }) => Math.max(greatest, id), cursor);
  const openedAtMs = connection.response?.atMs ?? connection.sentAtMs;
  for (const { id, event } of stream.arrivals.values()) {
    const overdueMs = connection.end.atMs - Math.max(event.atMs, openedAtMs);
    if (id > last && overdueMs > OVERDUE_MS) {
      return { id, overdueMs };
    }
  }
  return ownHeadMissed(stream, connection, last);
}

/** Where no other reader is there, the server's own heartbeats say that the stream went on. */
function ownHeadMissed(stream: Stream, connection: ConnectionView, last: number): Missed | undefined {
  for (const heartbeat of connection.events('heartbeat')) {
    const head = connection.json(heartbeat)?.head_id;
    const overdueMs = connection.end.atMs - heartbeat.atMs;
    // A head above everything that ever came is false where the stream's end is known (HEARTBEAT-012).
    const credible = stream.terminal === undefined || (typeof head === 'number' && head <= stream.highestId);
    if (typeof head === 'number' && head > last && credible && overdueMs > OVERDUE_MS) {
      return { id: head, overdueMs };
    }
  }
  return undefined;
}

/** True where an event came that was not there yet when the request was sent. */
function wentLive({ stream, connection }: Resumption): boolean {
  const head = statedHead(stream, connection);
  const headAtMs = connection.response?.atMs ?? connection.sentAtMs;
  return numberedOn(connection).some(({ id, event }) => {
    const first = stream.arrivals.get(id);
    const older = first !== undefined && first.connection.sentAtMs < connection.sentAtMs;
    const newsToAll = older && first.connection !== connection && first.event.atMs > headAtMs;
    return newsToAll || (head !== undefined && id > head) || event.atMs > headAtMs + LATE_MS;
  });
}

/**
 * True where the target closed while the stream went on, and kept a reader of it that had not resumed, both for longer and
 * until later: one that rotates its connections, or closes all at once, treats them alike.
 */
function isDropped({ stream, connection }: Resumption): boolean {
  const { end, sentAtMs } = connection;
  return (
    isCutByTarget(connection) &&
    newestArrivalMs(stream) > end.atMs &&
    stream.parts.some(
      (part) =>
        isFromStart(part) &&
        part.end.atMs - part.sentAtMs >= end.atMs - sentAtMs + LONGER_MS &&
        part.end.atMs >= end.atMs + LONGER_MS,
    )
  );
}

function isCutByTarget(connection: ConnectionView): boolean {
  return connection.end.by === 'target' && terminalOf(connection) === undefined;
}

function* judgeLive(evidence: Evidence): Iterable<Sighting> {
  const resumed = resumptionsIn(evidence).filter(
    (resumption) =>
      isServed(resumption) &&
      !isAfterTheEnd(resumption.stream, resumption.connection) &&
      longReplayOf(resumption.stream, resumption.connection, resumption.cursor)?.limited !== true,
  );
  const aboveZero = resumed.filter(({ cursor }) => cursor > 0);
  const dropped = aboveZero.filter(isDropped);
  const stayed = aboveZero.some((resumption) => !isCutByTarget(resumption.connection) && wentLive(resumption));
  for (const resumption of resumed) {
    const { stream, connection, cursor } = resumption;
    const missed = missedOn(stream, connection, cursor);
    if (missed !== undefined) {
      yield wrong(
        placeOf(connection, numberedOn(connection).at(-1)?.event),
        `id ${missed.id}, which was there`,
        `not sent in the ${inMs(missed.overdueMs)} for which the connection stayed open`,
      );
    } else if (dropped.length >= DROPPED_BY_RULE && !stayed && dropped.includes(resumption)) {
      yield wrong(
        placeOf(connection),
        'live events after the replay',
        `closed after ${inMs(connection.end.atMs - connection.sentAtMs)}, as all ${dropped.length} resumed connections of streams that went on`,
      );
    } else if (!isCutByTarget(connection) && beginningOf(resumption) === 'taken' && wentLive(resumption)) {
      yield right(placeOf(connection));
    }
  }
}

/** Readers of `readers` that asked for the stream from its start. */
function* judgeReaders(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    if (stream.scenario.scenario === 'readers' && stream.creator !== undefined) {
      yield* judgeReadersOf(stream);
      yield* judgeSuccession(evidence, stream);
    }
  }
}

function* judgeReadersOf(stream: Stream): Iterable<Sighting> {
  const several = stream.parts.filter((part) => terminalOf(part) !== undefined).length > 1;
  for (const connection of stream.connections.filter((other) => other !== stream.creator && isPlain(other))) {
    const { status } = connection;
    if (stream.parts.includes(connection)) {
      yield* judgeReader(stream, connection, several);
    } else if (status !== null && status >= 400 && !refusesForOtherReasons(status)) {
      yield wrong(placeOf(connection), 'an event stream, or status 429', describeAnswer(connection));
    }
  }
}

function* judgeReader(stream: Stream, connection: ConnectionView, several: boolean): Iterable<Sighting> {
  const missing = leftOut(stream, connection, numberedOn(connection)[0]?.id ?? 0);
  const missed = missedOn(stream, connection, 0);
  if (missing.length > unnumberedOn(connection) || missed !== undefined) {
    yield wrong(
      placeOf(connection),
      'every event that other readers of the stream got',
      `${Math.max(1, missing.length)} of them not sent, the first with id ${missing[0]?.id ?? missed?.id}`,
    );
  } else if (several && terminalOf(connection) !== undefined) {
    yield right(placeOf(connection));
  }
}

/** Without a cursor in whatever form: what others lack is REPLAY-005's and REPLAY-006's finding. */
function isPlain(connection: ConnectionView): boolean {
  return cursorOf(connection).kind === 'none' && !hasEmptyHeader(connection);
}

/** A server that keeps one reader closes the older ones without a terminal event while the stream goes on. */
function* judgeSuccession(evidence: Evidence, stream: Stream): Iterable<Sighting> {
  const readers = stream.parts.filter(isPlain);
  const newestAtMs = newestArrivalMs(stream);
  const dropped = readers.filter(
    (part) => part.end.by === 'target' && terminalOf(part) === undefined && part.end.atMs < newestAtMs,
  );
  const reached = readers.filter((part) => terminalOf(part) !== undefined).length;
  const alone = evidence.scenario('read-through')?.connection('first');
  const staysAlone = alone !== undefined && terminalOf(alone) !== undefined;
  const [first] = dropped;
  if (first !== undefined && dropped.length > 1 && reached <= 1 && staysAlone) {
    yield wrong(
      placeOf(first),
      `${readers.length} readers of one stream, each to its end`,
      `${dropped.length} of them closed without a terminal event while the stream went on`,
    );
  }
}

/** When the event with the greatest id came first; 0 without any. */
function newestArrivalMs({ arrivals, highestId }: Stream): number {
  return arrivals.get(highestId)?.event.atMs ?? 0;
}

export const replayLive = {
  'REPLAY-009': {
    from: ['readers', 'cut-and-resume', 'replay-cut'],
    observes: 'Whether resumed connections get the events that are produced after their request.',
    occasion: 'Give the URL of an endpoint whose stream has ids and goes on for a second after the third event.',
    mend: 'After the replay keep the connection subscribed to the stream until the terminal event.',
    timed: true,
    judge: judgeLive,
  },
  'REPLAY-022': {
    from: ['readers'],
    observes: 'What some fifteen readers of one stream without a cursor get, beside each other.',
    occasion: 'Give the URL of an endpoint whose stream has ids and runs for a second after its second event.',
    mend: 'Give each connection a position of its own in the history; never hand an event to one reader alone.',
    timed: true,
    judge: judgeReaders,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
