/** REPLAY-012 to REPLAY-015: cursors that cannot be served, and how they are refused. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { cursorOf, describeCursor } from './cursors.js';
import { checkPayload } from './event-data.js';
import { describeAnswer, refusesForOtherReasons } from './http-answers.js';
import { countsByOne } from './numbering.js';
import { isUnread, nextAfter, unreadPlaces } from './resumptions.js';
import { inMs } from './rule-shapes.js';
import { numberedOn, type Stream, streamsOf } from './streams.js';

/** How soon "then close" is: as after a terminal event (END-003). */
const CLOSE_WITHIN_MS = 1000;

function describeReply(connection: ConnectionView): string {
  const { refusal } = connection;
  if (refusal !== undefined) {
    return `status 200 with an error of code ${JSON.stringify(connection.json(refusal)?.code)}`;
  }
  const [first] = numberedOn(connection);
  const events = connection.isEventStream ? `, ${connection.events().length} events` : '';
  return `${describeAnswer(connection)}${events}${first === undefined ? '' : ` from id ${first.id}`}`;
}

/** False where the answer, or its lack, says nothing about the cursor. */
function isTelling({ status, end }: ConnectionView): boolean {
  return status === null ? end.by === 'target' : !refusesForOtherReasons(status);
}

/** The code of the refusal, whatever the media type says of it (HTTP-002). */
function codeOf(connection: ConnectionView): unknown {
  const [opening] = connection.status === 200 ? connection.events() : [];
  const refusal = connection.refusal ?? (opening?.type === 'error' ? opening : undefined);
  return refusal === undefined ? undefined : connection.json(refusal)?.code;
}

/** True where the target reads no cursor in the place of this one. */
function isNeverRead(evidence: Evidence, connection: ConnectionView): boolean {
  const cursor = cursorOf(connection);
  return cursor.kind !== 'none' && unreadPlaces(evidence).has(cursor.by);
}

/** Requests of `evicted` that ask for what should be gone, and the stream they name. */
function* evictedRequests(
  evidence: Evidence,
): Iterable<{ stream: Stream; connection: ConnectionView; cursor: number }> {
  for (const stream of streamsOf(evidence)) {
    if (stream.scenario.scenario !== 'evicted' || stream.creator === undefined || stream.highestId === 0) {
      continue;
    }
    for (const connection of stream.connections) {
      const cursor = cursorOf(connection);
      if (connection !== stream.creator && cursor.kind !== 'malformed' && connection.request.method === 'GET') {
        yield { stream, connection, cursor: cursor.kind === 'at' ? cursor.id : 0 };
      }
    }
  }
}

function* judgeEvicted(evidence: Evidence): Iterable<Sighting> {
  for (const { stream, connection, cursor } of evictedRequests(evidence)) {
    const [first] = numberedOn(connection);
    // Where the next event came, it was still kept: no occasion.
    const kept = first !== undefined && (first.id <= cursor || first.id === nextAfter(stream, cursor));
    const nothingLeft = cursor >= stream.highestId;
    const [opening] = connection.events();
    const refusal = connection.refusal ?? opening;
    if (kept || nothingLeft || !isTelling(connection)) {
      continue;
    }
    const expected = 'status 200 with an error of code replay_gap, requested and earliest_available';
    if (refusal === undefined || codeOf(connection) !== 'replay_gap') {
      yield wrong(placeOf(connection, refusal), expected, describeReply(connection));
      continue;
    }
    const broken = checkPayload(connection, refusal, 'REPLAY-012');
    const requested = connection.json(refusal)?.requested;
    // A cursor that is not read at all is REPLAY-001's or REPLAY-002's finding.
    if (broken === undefined && requested !== cursor && !isNeverRead(evidence, connection)) {
      yield wrong(placeOf(connection, refusal), `${expected}: ${cursor} in requested`, String(requested));
      continue;
    }
    yield sighting(
      broken === undefined,
      placeOf(connection, refusal),
      () => `${expected}: ${broken?.expected}`,
      () => broken?.actual ?? '',
    );
  }
}

/** Whether `earliest_available` is what it says, by the answers to the cursors one and two below it. */
function* judgeEarliest(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('evicted');
  const first = scenario?.connection('evicted');
  const earliest = first?.refusal === undefined ? undefined : first.json(first.refusal)?.earliest_available;
  const below = scenario?.connection('evicted-below');
  const rest = scenario?.connection('evicted-rest');
  const cursor = rest === undefined ? undefined : cursorOf(rest);
  // The kit asked by what it read then; a payload of which it reads another id now is not what was asked by.
  if (rest === undefined || cursor?.kind !== 'at' || earliest !== cursor.id + 1 || isNeverRead(evidence, rest)) {
    return;
  }
  const expected = `${earliest} in earliest_available: the smallest id that is still kept`;
  // A stream that still runs may have gone on since then.
  const again = rest.refusal === undefined ? undefined : rest.json(rest.refusal)?.earliest_available;
  if (codeOf(rest) === 'replay_gap' && (again === earliest || scenario?.connection('first')?.terminal !== undefined)) {
    yield wrong(placeOf(rest, rest.refusal), expected, `replay_gap for ${describeCursor(cursor)}`);
  }
  const kept = below === undefined ? undefined : numberedOn(below)[0];
  if (below !== undefined && kept?.id === earliest - 1) {
    yield wrong(placeOf(below, kept.event), expected, `the event ${kept.id} for ${describeCursor(cursorOf(below))}`);
  }
}

function* judgeUnknown(evidence: Evidence, connection: ConnectionView): Iterable<Sighting> {
  if (isTelling(connection) && !isUnread(evidence, connection)) {
    yield sighting(
      codeOf(connection) === 'unknown_cursor',
      placeOf(connection, connection.refusal),
      () => `status 200 with an error of code unknown_cursor for ${describeCursor(cursorOf(connection))}`,
      () => describeReply(connection),
    );
  }
}

function* judgeAhead(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    const { creator, connections, highestId, spentIds } = stream;
    // Where ids do not count by one (ID-003), the next number may stand for an event that there is.
    const above = highestId + (countsByOne(stream) ? 0 : 1);
    for (const connection of creator === undefined || highestId === 0 ? [] : connections) {
      const cursor = cursorOf(connection);
      const ahead = cursor.kind === 'at' && cursor.id > above && !spentIds.has(cursor.id);
      if (ahead && connection.request.method === 'GET') {
        yield* judgeUnknown(evidence, connection);
      }
    }
  }
}

/** Only a target that serves streams in this scenario can know one and not another. */
function servesBeside(scenario: ScenarioView, connection: ConnectionView): boolean {
  return scenario.connections.some((other) => other !== connection && other.carriesStream);
}

function* judgeUnknownStream(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('unknown-cursor');
  const connection = scenario?.connection('unknown-stream');
  if (scenario !== undefined && connection !== undefined && servesBeside(scenario, connection)) {
    yield* judgeUnknown(evidence, connection);
  }
}

function* judgeForm(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections()) {
    const { refusal, end } = connection;
    if (refusal === undefined) {
      continue;
    }
    const place = placeOf(connection, refusal);
    const others = connection.events().filter((event) => event !== refusal);
    const openMs = end.atMs - refusal.atMs;
    const boundMs = CLOSE_WITHIN_MS + LATE_MS;
    const open = end.by === 'kit' ? openMs >= boundMs - EARLY_MS : openMs > boundMs;
    if (refusal.id !== null) {
      yield wrong(place, 'the refusal of a cursor without an id', `id ${JSON.stringify(refusal.id.slice(0, 40))}`);
    } else if (others.length > 0) {
      const types = others.slice(0, 3).map(({ type }) => type);
      yield wrong(place, 'the refusal as the only event', `${others.length} more: ${types.join(', ')}`);
    } else if (open) {
      yield wrong(
        place,
        `closed by the server within ${CLOSE_WITHIN_MS} ms, ${LATE_MS} ms of grace`,
        `open for ${inMs(openMs)}`,
      );
    } else if (end.by === 'target') {
      yield right(place);
    }
  }
}

export const replayRefusal = {
  'REPLAY-012': {
    from: ['evicted'],
    observes:
      'The answers to the cursor 1, to no cursor and around `earliest_available` on a stream whose first events are gone.',
    occasion: 'Give a URL whose stream is longer than what the server keeps of it: `--occasion evicted=URL`.',
    mend: 'Compare the cursor with the oldest id that is kept before replaying; never start there silently.',
    judge: function* (evidence) {
      yield* judgeEvicted(evidence);
      yield* judgeEarliest(evidence);
    },
  },
  'REPLAY-013': {
    from: ['unknown-cursor', 'after-the-end'],
    observes: 'The answers to cursors just and far above the newest id of a stream.',
    occasion: 'Give the URL of an endpoint whose stream has events with an id.',
    mend: 'Compare the cursor with the newest id before waiting for more; refuse it in band.',
    judge: judgeAhead,
  },
  'REPLAY-014': {
    from: ['unknown-cursor'],
    observes: 'The answer to a cursor for a stream id that was never used.',
    occasion: 'Give the URL of an endpoint that takes the stream id from the request and whose stream has ids.',
    mend: 'Create a stream only for a request without a cursor; answer a cursor for an unknown one in band.',
    judge: judgeUnknownStream,
  },
  'REPLAY-015': {
    from: ['unknown-cursor', 'after-the-end', 'evicted'],
    observes: 'The id of refusals in band, what stands beside them, and when their connections close.',
    occasion: 'Answer cursors that cannot be served in band, with an `error` event.',
    mend: 'Write the one event and end the response: no heartbeat, no id, no subscription.',
    timed: true,
    judge: judgeForm,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
