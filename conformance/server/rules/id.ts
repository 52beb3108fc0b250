/** Rules on servers of the chapter on ids. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, right, type Sighting, serverRules, wrong } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { blameFor, deliversOutOfOrder, disordersOn, fallingIds, jumpsOf, unnumberedOn } from './numbering.js';
import { EVERY_STREAM, type Finding, judgeAll, judgeEach, overEventStreams, overParts } from './rule-shapes.js';
import { endsStream, idOf, numberedOn, type Stream, streamsOf, terminalOf } from './streams.js';
import { runsTogether } from './tails.js';

const SEVERAL_IDS = 'Give the URL of an endpoint whose stream has several events with an id.';

/** Ids as they are written; an empty one or one with NUL belongs to ID-006. */
function writtenIds(connection: ConnectionView): readonly WireEvent[] {
  return connection.events().filter(({ id }) => id !== null && id !== '' && !id.includes('\0'));
}

function checkSyntax(event: WireEvent): Finding | undefined {
  return idOf(event) !== undefined
    ? undefined
    : {
        expected: 'digits without sign or leading zero, from 1 to 9007199254740991',
        actual: `id ${JSON.stringify(event.id?.slice(0, 100))}`,
      };
}

/** The first delivery shows how the stream was numbered; a replay shows how it was kept. */
function* judgeOrder(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    const { creator } = stream;
    if (creator !== undefined) {
      const findings = disordersOn(creator)
        .filter((neighbours) => blameFor(evidence, stream, neighbours) === 'numbering')
        .map(([earlier, later]) => ({
          expected: `an id greater than ${earlier.id}`,
          actual: `id ${later.id} after id ${earlier.id}`,
          event: later.event,
        }));
      yield* judgeAll(creator, findings, numberedOn(creator).length > 1);
    }
  }
}

/**
 * Jumps of the numbers on the first delivery. An id that another connection carried was only lost on this one, one that
 * a heartbeat took belongs to ID-005, and events without a well-formed id (ID-001, ID-004) or with one that was given out
 * before (ID-002) stand where a number lacks.
 */
function* judgeContiguity(evidence: Evidence): Iterable<Sighting> {
  const shuffles = deliversOutOfOrder(evidence);
  for (const stream of streamsOf(evidence)) {
    const { creator } = stream;
    // What comes out of order (REPLAY-007) may have been still to come when the kit closed.
    const cut = creator?.end.by === 'kit' && terminalOf(creator) === undefined;
    const slow = DISTURBED.includes(stream.scenario.scenario);
    if (creator !== undefined && numberedOn(creator).length > 1 && !slow && !(cut && shuffles)) {
      yield* judgeJumps(stream, creator, unnumberedOn(creator) + fallingIds(evidence, stream).size);
    }
  }
}

function* judgeJumps(stream: Stream, creator: ConnectionView, excused: number): Iterable<Sighting> {
  const jumps = jumpsOf(stream, creator, 0);
  const [jump] = jumps;
  const missing = jumps.reduce((sum, { lacking }) => sum + lacking, 0);
  if (jump === undefined) {
    yield right(placeOf(creator));
  } else if (missing > excused) {
    const expected = jump.previous === 0 ? 'the first id 1' : `id ${jump.previous + 1} after id ${jump.previous}`;
    yield wrong(placeOf(creator, jump.event), expected, `id ${jump.id}`);
  }
}

/** In these a server may drop what it sends or say farewell: how it does that is OPS-002's and OPS-003's matter. */
const DISTURBED = ['slow-reader', 'shutdown'];

function needsId(connection: ConnectionView, event: WireEvent): boolean {
  const farewell = event.type === 'error' && DISTURBED.includes(connection.scenario);
  return event.type === 'content_chunk' || (endsStream(connection, event) && !farewell);
}

function checkCarries({ id, type }: WireEvent): Finding | undefined {
  return id === null ? { expected: `an id with this ${type}`, actual: 'no id field' } : undefined;
}

function checkHeartbeat({ id }: WireEvent): Finding | undefined {
  return id === null || id === '' || id.includes('\0')
    ? undefined
    : { expected: 'a heartbeat without an id', actual: `id ${id.slice(0, 100)}` };
}

function* emptyIds(connection: ConnectionView): Iterable<Finding> {
  for (const { code, offset, detail } of connection.reading.diagnostics) {
    if (code === 'empty-id' || code === 'id-with-nul') {
      yield { expected: 'an id of digits, or no id field', actual: `${detail}, at offset ${offset}` };
    }
  }
}

function* idOnlyBlocks(connection: ConnectionView): Iterable<Finding & { readonly event: WireEvent }> {
  for (const event of connection.reading.events) {
    if (!event.dispatched && event.id !== null && event.id !== '' && !event.id.includes('\0')) {
      yield { expected: 'data in every block with an id', actual: `id ${event.id.slice(0, 100)} alone`, event };
    }
  }
}

function hasIds(connection: ConnectionView): boolean {
  return connection.events().some((event) => event.id !== null);
}

export const id = serverRules('ID', {
  'ID-001': overEventStreams(
    {
      from: EVERY_STREAM,
      observes: 'The id field of every event.',
      occasion: SEVERAL_IDS,
      mend: 'Number the events of a stream with an integer counter and write it in decimal.',
    },
    (connection) => judgeEach(connection, writtenIds(connection), checkSyntax),
  ),
  'ID-002': {
    from: EVERY_STREAM,
    observes: 'The ids of a stream in the order of their first delivery.',
    occasion: SEVERAL_IDS,
    mend: 'Give out ids in one place, under the lock that appends to the history.',
    judge: judgeOrder,
  },
  'ID-003': {
    from: EVERY_STREAM,
    observes: 'Whether the ids of a stream begin at 1 and which are lacking on all of its connections.',
    occasion: SEVERAL_IDS,
    mend: 'Count per stream from 1, not per process, and give no id to what is not kept.',
    judge: judgeContiguity,
  },
  'ID-004': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The id field of every `content_chunk` and every terminal event.',
      occasion: 'Give the URL of an endpoint whose stream has `content_chunk` events.',
      mend: 'Give the next id to every piece of content and to `complete` and `error`.',
    },
    (connection) =>
      judgeEach(
        connection,
        connection.events().filter((event) => needsId(connection, event)),
        checkCarries,
      ),
  ),
  'ID-005': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The id field of every `heartbeat`.',
      occasion: 'Give the URL of an endpoint whose stream has heartbeats.',
      mend: 'Write heartbeats past the counter and the history: no id, no replay.',
    },
    (connection) =>
      judgeEach(
        connection,
        connection.events('heartbeat').filter((event) => !runsTogether(event)),
        checkHeartbeat,
      ),
  ),
  'ID-006': overEventStreams(
    {
      from: EVERY_STREAM,
      observes: 'Every id field, also of blocks that no reader dispatches.',
      occasion: SEVERAL_IDS,
      mend: 'Leave the field out where there is no id.',
    },
    (connection) => judgeAll(connection, emptyIds(connection), hasIds(connection)),
  ),
  'ID-007': overEventStreams(
    {
      from: EVERY_STREAM,
      observes: 'Blocks that have an id field and no data.',
      occasion: SEVERAL_IDS,
      mend: 'Send an id only together with the event that it belongs to.',
    },
    (connection) => judgeAll(connection, idOnlyBlocks(connection), hasIds(connection)),
  ),
});
