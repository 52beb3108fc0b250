/** REPLAY-006 to REPLAY-008 and REPLAY-010: which events a connection gets, how often, in which order, from where. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { cursorOf, describeCursor, hasEmptyHeader } from './cursors.js';
import { describeAnswer, refusesForOtherReasons } from './http-answers.js';
import { blameFor, disordersOn, fallingIds, jumpsOf, numbersWell, unnumberedOn } from './numbering.js';
import {
  beginningOf,
  hadBacklog,
  hasCompany,
  isAmbiguous,
  isServed,
  leftOut,
  longReplayOf,
  nextAfter,
  type Resumption,
  refusesReaders,
  resumptionsIn,
} from './resumptions.js';
import { judgeAll } from './rule-shapes.js';
import {
  highestBefore,
  idOf,
  idsOn,
  isAfterTheEnd,
  isFromStart,
  numberedOn,
  type Stream,
  streamsOf,
} from './streams.js';

const RESUMABLE =
  'Give the URL of an endpoint whose stream has ids and goes on for half a second after the third event.';

/** Ids named in a finding. */
const MOST_NAMED = 5;

function* judgeComplete(evidence: Evidence): Iterable<Sighting> {
  for (const resumption of resumptionsIn(evidence)) {
    const { stream, connection, cursor } = resumption;
    if (isServed(resumption) && tookQuery(resumption)) {
      continue; // REPLAY-001, REPLAY-003
    }
    if (!isServed(resumption)) {
      yield* judgeRefused(resumption);
    } else if (longReplayOf(stream, connection, cursor)?.limited !== true) {
      yield* judgeServed(resumption, numbersWell(evidence));
    }
  }
}

/** True where the connection begins after the cursor of the query although the header has another. */
function tookQuery({ stream, connection, cursor }: Resumption): boolean {
  const sent = cursorOf(connection);
  const inQuery = sent.kind === 'at' ? sent.inQuery : undefined;
  const [first] = numberedOn(connection);
  return inQuery !== undefined && inQuery > cursor && first !== undefined && first.id === nextAfter(stream, inQuery);
}

function* judgeServed(resumption: Resumption, numbersAllEvents: boolean): Iterable<Sighting> {
  const { stream, connection, cursor } = resumption;
  const got = numberedOn(connection).filter(({ id }) => id > cursor);
  // Where a connection with the cursor 0 begins is REPLAY-010's finding.
  const base = cursor === 0 ? Math.max(0, (got[0]?.id ?? 1) - 1) : cursor;
  const missing = leftOut(stream, connection, base).map(({ id }) => id);
  // Ids that came nowhere else are lost here, unless streams leave some out themselves (ID-002, ID-003) or others take them.
  const jumps = numbersAllEvents && stream.spentIds.size === 0 ? jumpsOf(stream, connection, base) : [];
  const lost = missing.length + jumps.reduce((sum, { lacking }) => sum + lacking, 0);
  if (lost > unnumberedOn(connection)) {
    const places = missing.length > 0 ? missing : jumps.map(({ previous }) => previous + 1);
    const named = places.slice(0, MOST_NAMED).join(', ');
    yield wrong(
      placeOf(connection, got[0]?.event),
      `every event after ${describeCursor(cursorOf(connection))}`,
      `${lost} left out: id ${named}${lost > MOST_NAMED ? ', …' : ''}`,
    );
  } else if (got.length > 0) {
    yield right(placeOf(connection, got[0]?.event));
  } else if (connection.end.by === 'target' && hadBacklog(resumption) && !isAfterTheEnd(stream, connection)) {
    const next = nextAfter(stream, cursor) ?? cursor + 1;
    yield wrong(placeOf(connection), `the events from id ${next}, which was there`, 'closed without one of them');
  }
}

/** After the end REPLAY-016 and REPLAY-017 say what is due; a `replay_gap` a server may always answer. */
function* judgeRefused({ stream, connection, cursor }: Resumption): Iterable<Sighting> {
  const { refusal, status } = connection;
  const code = refusal === undefined ? undefined : connection.json(refusal)?.code;
  const refused = status === 204 || code === 'unknown_cursor';
  // A cursor that had not come by then would be another matter (REPLAY-013).
  const known = cursor > 0 && cursor <= highestBefore(stream, connection.sentAtMs) && cursor < stream.highestId;
  // A stream that is gone when its last reader has left is HTTP-030's finding.
  if (refused && known && hasCompany(stream, connection) && !isAfterTheEnd(stream, connection)) {
    yield wrong(
      placeOf(connection, refusal),
      `the events after ${describeCursor(cursorOf(connection))}: the stream went on to id ${stream.highestId}`,
      code === undefined ? describeAnswer(connection) : String(code),
    );
  }
}

function* judgeSequence(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    for (const part of stream.parts) {
      const cursor = cursorOf(part);
      const floor = cursor.kind === 'at' ? cursor.id : 0;
      const above = numberedOn(part).filter(({ id }) => id > floor);
      const findings = disordersOn(part)
        .filter((neighbours) => neighbours[1].id > floor && blameFor(evidence, stream, neighbours) === 'delivery')
        .map(([earlier, later]) => ({
          expected: `an id greater than ${earlier.id}`,
          actual: `id ${later.id} ${later.id === earlier.id ? 'again' : `after id ${earlier.id}`}`,
          event: later.event,
        }));
      yield* judgeAll(part, findings, above.length > 1);
    }
  }
}

function* judgeBefore(evidence: Evidence): Iterable<Sighting> {
  for (const resumption of resumptionsIn(evidence)) {
    const { stream, connection, cursor } = resumption;
    // Ids that fall back (ID-002) do not tell what came before the cursor.
    const comparable = fallingIds(evidence, stream).size === 0;
    // One above everything that ever came is not served at all (REPLAY-013).
    const within = cursor > 0 && cursor <= stream.highestId;
    if (!within || !comparable || !isServed(resumption) || isOthersFinding(resumption)) {
      continue;
    }
    const numbered = numberedOn(connection);
    const findings = numbered
      .filter(({ id }) => id <= cursor)
      .map(({ id, event }) => ({ expected: `ids above ${cursor}`, actual: `id ${id}`, event }));
    const ended = stream.terminal === undefined ? undefined : idOf(stream.terminal.event);
    yield* judgeAll(
      connection,
      cursor === ended ? [] : findings,
      numbered.some(({ id }) => id > cursor),
    );
  }
}

/** A cursor that was not read at all (REPLAY-001, REPLAY-002), or the wrong one of two (REPLAY-003). */
function isOthersFinding(resumption: Resumption): boolean {
  const sent = cursorOf(resumption.connection);
  const inQuery = sent.kind === 'at' ? sent.inQuery : undefined;
  const first = numberedOn(resumption.connection)[0]?.id;
  const tookOther = inQuery !== undefined && inQuery < resumption.cursor && first === inQuery + 1;
  return tookOther || isAmbiguous(resumption) || beginningOf(resumption) === 'ignored';
}

function* judgeStart(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    if (stream.creator === undefined || stream.scenario.scenario === 'evicted') {
      continue;
    }
    for (const connection of stream.connections) {
      if (!isFromStart(connection) || hasEmptyHeader(connection)) {
        continue;
      }
      if (stream.parts.includes(connection)) {
        yield* judgeFirst(stream, connection);
      } else if (cursorOf(connection).kind === 'at' && isRefusedZero(connection) && !refusesReaders(evidence)) {
        yield wrong(placeOf(connection), `the stream from id ${stream.lowestId}`, describeAnswer(connection));
      }
    }
  }
}

/** Held to the least id that came: that numbers begin at another than 1 is ID-003's finding. */
function* judgeFirst(stream: Stream, connection: ConnectionView): Iterable<Sighting> {
  const [first] = numberedOn(connection);
  if (first === undefined || longReplayOf(stream, connection, 0)?.limited === true) {
    return;
  }
  const starts = first.id === stream.lowestId;
  // Holes all over a connection mean that it shares its events with other readers (REPLAY-022), a start that comes
  // later that they are out of order (REPLAY-007).
  const shares =
    !starts && (leftOut(stream, connection, first.id).length > 0 || idsOn(connection).has(stream.lowestId));
  // Ids that heartbeats took (ID-005) come before the first event.
  const fromOne = isSpentBelow(stream, stream.lowestId);
  if (starts ? fromOne : !shares && first.id > stream.lowestId) {
    yield sighting(
      starts,
      placeOf(connection, first.event),
      () => `id ${stream.lowestId} as the first`,
      () => `id ${first.id} as the first`,
    );
  }
}

function isSpentBelow({ spentIds }: Stream, lowestId: number): boolean {
  for (let id = 1; id < lowestId; id += 1) {
    if (!spentIds.has(id)) {
      return false;
    }
  }
  return true;
}

function isRefusedZero(connection: ConnectionView): boolean {
  const { status, refusal, request } = connection;
  if (request.method !== 'GET') {
    return false;
  }
  const code = refusal === undefined ? undefined : connection.json(refusal)?.code;
  return (
    code === 'unknown_cursor' ||
    status === 204 ||
    (status !== null && status >= 400 && status < 500 && !refusesForOtherReasons(status))
  );
}

export const replayResume = {
  'REPLAY-006': {
    from: ['cut-and-resume', 'readers', 'replay-cut', 'after-the-end'],
    observes: 'The ids of every resumed connection, beside those that other connections of its stream got.',
    occasion: RESUMABLE,
    mend: 'Subscribe to the stream before reading its history, or read the history by position until nothing is left.',
    judge: judgeComplete,
  },
  'REPLAY-007': {
    from: ['readers', 'cut-and-resume', 'replay-cut', 'after-the-end'],
    observes: 'The order of the ids of every connection.',
    occasion: RESUMABLE,
    mend: 'Remember the last id that was sent and drop what is not greater at the seam between replay and live.',
    judge: judgeSequence,
  },
  'REPLAY-008': {
    from: ['cut-and-resume', 'readers', 'replay-cut', 'after-the-end'],
    observes: 'The ids of every resumed connection, beside its cursor.',
    occasion: RESUMABLE,
    mend: 'Replay what is greater than the cursor, not what is greater or equal.',
    judge: judgeBefore,
  },
  'REPLAY-010': {
    from: ['readers', 'after-the-end', 'replay-cut'],
    observes: 'The first id of connections without a cursor or with the cursor 0.',
    occasion: 'Give the URL of an endpoint whose stream has several events with an id.',
    mend: 'Replay the whole history to a reader without a cursor before it goes on live.',
    judge: judgeStart,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
