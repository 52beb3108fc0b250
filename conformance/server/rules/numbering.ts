/** How the ids on a connection follow each other, and whether numbering or delivery is at fault where they do not. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';
import { remember } from './remember.js';
import { countUpTo } from './stream-counts.js';
import { type Arrival, endsStream, idOf, isSameEvent, numberedOn, type Stream, streamsOf } from './streams.js';
import { runsTogether } from './tails.js';

/** Each is looked into: more of them tell nothing new. */
const MOST_DISORDERS = 20;

/** How a pair of neighbours that are not in ascending order came about; `untold` where no other connection has both. */
type Disorder = 'repeated' | 'delivered' | 'assigned' | 'untold';

/** Whose finding a pair is: numbering is ID-002's, delivery REPLAY-007's. */
export type Blame = 'numbering' | 'delivery';

/**
 * Tells a fault of delivery from one of numbering: the same event sent again, or two that another connection sent in
 * their order, were numbered well. What one connection alone cannot tell, the other streams of the target do.
 */
export function blameFor(evidence: Evidence, stream: Stream, [earlier, later]: Neighbours): Blame {
  const cause = explain(stream, [earlier, later]);
  if (cause === 'untold') {
    return usualBlame(evidence);
  }
  return cause === 'assigned' ? 'numbering' : 'delivery';
}

const usualBlame: (evidence: Evidence) => Blame = remember((evidence) => {
  const causes = new Set<Disorder>();
  let first = false;
  for (const stream of streamsOf(evidence)) {
    for (const part of stream.parts) {
      for (const neighbours of disordersOn(part)) {
        const cause = explain(stream, neighbours);
        causes.add(cause);
        first ||= cause === 'untold' && part === stream.creator;
      }
    }
  }
  const told = causes.has('delivered') || causes.has('repeated');
  return causes.has('assigned') || (first && !told) ? 'numbering' : 'delivery';
});

/** True where events of some stream of the target came out of their order, and not because they were numbered so. */
export const deliversOutOfOrder: (evidence: Evidence) => boolean = remember((evidence) =>
  streamsOf(evidence).some((stream) =>
    stream.parts.some((part) =>
      disordersOn(part).some((neighbours) => blameFor(evidence, stream, neighbours) === 'delivery'),
    ),
  ),
);

function explain(stream: Stream, [earlier, later]: Neighbours): Disorder {
  const { connection } = later;
  const before = numberedOn(connection).find(({ id, event }) => id === later.id && event.index < later.event.index);
  if (before !== undefined && isSameEvent(before.event, later.event)) {
    return 'repeated';
  }
  const others = stream.parts.filter((part) => part !== connection);
  if (later.id !== earlier.id && others.some((part) => comesBefore(part, later.id, earlier.id))) {
    return 'delivered';
  }
  return others.some((part) => comesBefore(part, earlier.id, later.id)) ? 'assigned' : 'untold';
}

/** True where an event with the one id stands before another event with the other id. */
function comesBefore(part: ConnectionView, one: number, other: number): boolean {
  const numbered = numberedOn(part);
  const first = numbered.findIndex(({ id }) => id === one);
  const from = numbered[first]?.event;
  return (
    from !== undefined && numbered.slice(first + 1).some(({ id, event }) => id === other && !isSameEvent(from, event))
  );
}

export type Neighbours = readonly [earlier: Arrival, later: Arrival];

/** Neighbours on a connection of which the later has no greater id; at most a few, as each is looked into. */
export function disordersOn(connection: ConnectionView): readonly Neighbours[] {
  const found: [Arrival, Arrival][] = [];
  let previous: Arrival | undefined;
  for (const arrival of numberedOn(connection)) {
    if (previous !== undefined && arrival.id <= previous.id && found.length < MOST_DISORDERS) {
      found.push([previous, arrival]);
    }
    previous = arrival;
  }
  return found;
}

/** A jump: ids that lack before `id` and that no connection of the stream carried. */
export interface Jump {
  readonly previous: number;
  readonly id: number;
  readonly event: WireEvent;
  readonly lacking: number;
}

/** Jumps among the ids of a connection above a cursor, in ascending order of id. */
export function jumpsOf(stream: Stream, connection: ConnectionView, cursor: number): readonly Jump[] {
  const sorted = numberedOn(connection)
    .filter(({ id }) => id > cursor)
    .sort((one, other) => one.id - other.id);
  const jumps: Jump[] = [];
  let previous = cursor;
  for (const { id, event } of sorted) {
    const lacking = id > previous + 1 ? id - previous - 1 - knownBetween(stream, previous, id) : 0;
    if (lacking > 0) {
      jumps.push({ previous, id, event, lacking });
    }
    previous = id;
  }
  return jumps;
}

/** True where the stream counts 1, 2, 3 as far as its first connection shows: then a jump elsewhere means loss. */
export const countsByOne: (stream: Stream) => boolean = remember((stream) => {
  const { creator } = stream;
  return creator !== undefined && numberedOn(creator).length > 1 && jumpsOf(stream, creator, 0).length === 0;
});

/** True where ids can be compared with what a server counts: 1, 2, 3 in the order of the first delivery. */
export function isWellNumbered(evidence: Evidence, stream: Stream): boolean {
  return countsByOne(stream) && fallingIds(evidence, stream).size === 0;
}

/** True where no stream of the target, as far as it was followed from its start, leaves a number out or falls back. */
export const numbersWell: (evidence: Evidence) => boolean = remember((evidence) =>
  streamsOf(evidence)
    .filter(({ creator }) => creator !== undefined && numberedOn(creator).length > 1)
    .every((stream) => isWellNumbered(evidence, stream)),
);

/** Ids that are not greater than the one before, by their numbering (ID-002): none can be compared with another. */
export function fallingIds(evidence: Evidence, stream: Stream): ReadonlySet<number> {
  return fallingIn(evidence)(stream);
}

const fallingIn = remember((evidence: Evidence) => remember((stream: Stream) => findFalling(evidence, stream)));

function findFalling(evidence: Evidence, stream: Stream): ReadonlySet<number> {
  const pairs = stream.parts.flatMap((part) => disordersOn(part));
  const falling = pairs.filter((pair) => blameFor(evidence, stream, pair) === 'numbering');
  return new Set(falling.map(([, later]) => later.id));
}

/** Events that should have an id (ID-004) or have one that cannot be compared (ID-001): numbers lack in their place. */
export function unnumberedOn(connection: ConnectionView): number {
  const unnumbered = connection.events().filter((event) => {
    const needsOne = event.type === 'content_chunk' || endsStream(connection, event);
    return idOf(event) === undefined && (event.id !== null || needsOne);
  });
  // Of events that run together (EVENT-030) the ids cannot be told.
  const swallowed = connection.events().reduce((sum, event) => sum + (runsTogether(event) ? event.dataLines : 0), 0);
  return unnumbered.length + swallowed;
}

/** How many of the ids between two came on some connection or went to a block that is no numbered event. */
function knownBetween(stream: Stream, low: number, high: number): number {
  const known = knownIdsOf(stream);
  return countUpTo(known, high - 1) - countUpTo(known, low);
}

const knownIdsOf: (stream: Stream) => readonly number[] = remember(({ arrivals, spentIds }) =>
  [...new Set([...arrivals.keys(), ...spentIds])].sort((one, other) => one - other),
);
