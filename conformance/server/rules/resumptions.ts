/** What a connection that asked with a cursor got, beside what its stream is known to hold. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { cursorOf, hasEmptyHeader, hasQueryCursor } from './cursors.js';
import { refusesForOtherReasons } from './http-answers.js';
import { countsByOne } from './numbering.js';
import { remember } from './remember.js';
import { type Arrival, highestBefore, idOf, idsOn, numberedOn, type Stream, streamsOf, terminalOf } from './streams.js';

type Place = 'header' | 'query';
const PLACES: readonly Place[] = ['header', 'query'];

/** A connection that names a stream which was created before, and its well-formed cursor. */
export interface Resumption {
  readonly stream: Stream;
  readonly connection: ConnectionView;
  readonly cursor: number;
}

/**
 * Resumptions of streams whose creation was seen, whatever became of them. Those of `evicted` are left out: what is
 * still kept there nobody knows but the target (REPLAY-012).
 */
export const resumptionsIn: (evidence: Evidence) => readonly Resumption[] = remember((evidence) =>
  streamsOf(evidence).flatMap((stream) =>
    stream.creator === undefined || stream.scenario.scenario === 'evicted'
      ? []
      : stream.connections.flatMap((connection) => {
          const cursor = cursorOf(connection);
          return cursor.kind === 'at' && connection.request.method === 'GET'
            ? [{ stream, connection, cursor: cursor.id }]
            : [];
        }),
  ),
);

/** Resumptions that carried their cursor in one place alone, above 0. */
export function resumptionsBy(evidence: Evidence, place: Place): readonly Resumption[] {
  return resumptionsIn(evidence).filter(({ connection, cursor }) => {
    const sent = cursorOf(connection);
    const alone = sent.kind === 'at' && sent.by === place && (place === 'query' || !hasQueryCursor(connection));
    return alone && cursor > 0;
  });
}

/**
 * Places of a cursor that the target does not look at: every stream it was asked to resume there began again. That is
 * one fault (REPLAY-001, REPLAY-002), which makes it miss everything else that a cursor there can say.
 */
export const unreadPlaces: (evidence: Evidence) => ReadonlySet<Place> = remember((evidence) => {
  const unread = PLACES.filter((place) => {
    const resumptions = resumptionsBy(evidence, place);
    // At the live edge a reader without a cursor gets the same: that shows nothing.
    const read = resumptions.some((resumption) => beginningOf(resumption) === 'taken' && hadBacklog(resumption));
    return !read && resumptions.some((resumption) => beginningOf(resumption) === 'ignored');
  });
  return new Set(unread);
});

/** True where the answer is a stream, as if the request had had no cursor, and the target reads none in that place. */
export function isUnread(evidence: Evidence, connection: ConnectionView): boolean {
  const cursor = cursorOf(connection);
  return (
    cursor.kind !== 'none' &&
    unreadPlaces(evidence).has(cursor.by) &&
    connection.isEventStream &&
    connection.refusal === undefined
  );
}

/** True where the target refuses a further reader of a stream with a status of 4xx: that is REPLAY-022's finding. */
export const refusesReaders: (evidence: Evidence) => boolean = remember((evidence) =>
  streamsOf(evidence).some(
    ({ scenario, creator, connections }) =>
      scenario.scenario === 'readers' &&
      connections.some((connection) => {
        const { status } = connection;
        const plain = connection !== creator && cursorOf(connection).kind === 'none' && !hasEmptyHeader(connection);
        return plain && status !== null && status >= 400 && status < 500 && !refusesForOtherReasons(status);
      }),
  ),
);

/** True where another reader was being served when the request was sent. */
export function hasCompany({ parts }: Stream, connection: ConnectionView): boolean {
  return parts.some(
    (part) =>
      part !== connection &&
      (part.response?.atMs ?? part.end.atMs) <= connection.sentAtMs &&
      part.end.atMs > connection.sentAtMs,
  );
}

/** True where the answer carries a part of the stream, a second generation of it aside. */
export function isServed({ stream, connection }: Resumption): boolean {
  return stream.parts.includes(connection);
}

/**
 * Where a connection began: at the event after its cursor (`taken`), at the start of the stream as if it had no cursor
 * (`ignored`), elsewhere at or below its cursor (`before`), further on (`beyond`), or with no event at all (`silent`).
 */
export type Beginning = 'taken' | 'ignored' | 'before' | 'beyond' | 'silent';

export function beginningOf({ stream, connection, cursor }: Resumption): Beginning {
  const [first, second] = numberedOn(connection);
  if (first === undefined) {
    return 'silent';
  }
  if (first.id > cursor) {
    return first.id === nextAfter(stream, cursor) ? 'taken' : 'beyond';
  }
  // At cursor 1 a server that sends the event of the cursor again looks the same: other cursors tell them apart.
  const all = first.id === stream.lowestId && (second === undefined || second.id <= cursor);
  return all && cursor > 1 ? 'ignored' : 'before';
}

/** True where the one event before the cursor is also the start of the stream: it cannot be told why it was sent. */
export function isAmbiguous({ stream, connection, cursor }: Resumption): boolean {
  return cursor === stream.lowestId && numberedOn(connection)[0]?.id === cursor;
}

/**
 * The id that follows another in the stream, those aside that heartbeats took (ID-005); where it does not count by one
 * (ID-003), the next that is known.
 */
export function nextAfter(stream: Stream, id: number): number | undefined {
  if (countsByOne(stream)) {
    let next = id + 1;
    while (stream.spentIds.has(next)) {
      next += 1;
    }
    return next;
  }
  for (const known of stream.arrivals.keys()) {
    if (known > id) {
      return known;
    }
  }
  return undefined;
}

/** True where events above the cursor were there when the request was sent, by what had come or by the first heartbeat. */
export function hadBacklog({ stream, connection, cursor }: Resumption): boolean {
  return highestBefore(stream, connection.sentAtMs) > cursor || (statedHead(stream, connection) ?? 0) > cursor;
}

/** The `head_id` of the first heartbeat, where it is credible: not above anything that ever came. */
export function statedHead(stream: Stream, connection: ConnectionView): number | undefined {
  const [heartbeat] = connection.events('heartbeat');
  const head = heartbeat === undefined ? undefined : connection.json(heartbeat)?.head_id;
  const credible = typeof head === 'number' && head <= stream.highestId;
  return credible && head >= highestBefore(stream, connection.sentAtMs) ? head : undefined;
}

/** Events of the stream above a cursor, up to the last that this connection got, that it did not get. */
export function leftOut(stream: Stream, connection: ConnectionView, cursor: number): readonly Arrival[] {
  const got = idsOn(connection);
  const upTo = lastIdOn(stream, connection);
  return [...stream.arrivals.values()].filter(({ id }) => id > cursor && id <= upTo && !got.has(id));
}

/** Greatest id of a connection; after its terminal event that of the stream, as nothing follows. 0 without events. */
function lastIdOn(stream: Stream, connection: ConnectionView): number {
  const terminal = terminalOf(connection);
  const last = numberedOn(connection).reduce((greatest, { id }) => Math.max(greatest, id), 0);
  return terminal === undefined ? last : Math.max(last, idOf(terminal) ?? stream.highestId);
}

/** A replay that brings nothing for this long is over: it needs no generator to wait for. Milliseconds. */
const STILL_MS = 1500;

/** False where the kit closed a connection whose events were still coming. */
export function isOver(connection: ConnectionView): boolean {
  const lastAtMs = numberedOn(connection).at(-1)?.event.atMs ?? connection.sentAtMs;
  return connection.end.by === 'target' || connection.end.atMs - lastAtMs > STILL_MS;
}

/** A replay of more events than this shows a limit: 100 is the one that a seed of this protocol had. */
export const LONG_REPLAY = 100;

/** Fewer lacking events are a loss (REPLAY-006), and fewer that came are no page. */
const LEAST_CUT_OFF = 5;
const LEAST_PAGE = 10;

export interface LongReplay {
  /** Events above the cursor that were there when the request was sent. */
  readonly available: number;
  readonly delivered: number;
  /** Whether the rest was cut off in one piece, at the front or at the end of the replay. */
  readonly limited: boolean;
}

/** How a connection was served that had a long replay before it; undefined where it had none, or the kit cut it off. */
export function longReplayOf(stream: Stream, connection: ConnectionView, cursor: number): LongReplay | undefined {
  const available = [...stream.arrivals.values()].filter(
    ({ id, event }) => id > cursor && event.atMs <= connection.sentAtMs,
  );
  if (available.length <= LONG_REPLAY || !stream.parts.includes(connection)) {
    return undefined;
  }
  const got = idsOn(connection);
  const delivered = available.filter(({ id }) => got.has(id)).length;
  const cutOff = available.length - delivered;
  if (cutOff > 0 && !isOver(connection)) {
    return undefined;
  }
  // The terminal event may follow what was cut off.
  const body = available.filter(({ event }) => event !== stream.terminal?.event);
  const seams = body.filter(({ id }, index) => got.has(id) !== got.has(body[index - 1]?.id ?? id)).length;
  const limited = cutOff >= LEAST_CUT_OFF && delivered >= LEAST_PAGE && seams === 1;
  return { available: available.length, delivered, limited };
}
