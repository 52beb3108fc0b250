/** How the ids on a connection follow each other, and whether numbering or delivery is at fault where they do not. */
import type { ConnectionView } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';
import { type Arrival, endsStream, idOf, isSameEvent, numberedOn, type Stream } from './streams.js';

/** Each is looked into: more of them tell nothing new. */
const MOST_DISORDERS = 20;

/** How a pair of neighbours that are not in ascending order came about. */
export type Disorder = 'repeated' | 'delivered' | 'assigned';

/**
 * Tells a fault of delivery (REPLAY-007) from one of numbering (ID-002): the same event sent again, or two that another
 * connection sent in their order, were numbered well.
 */
export function explainDisorder(stream: Stream, earlier: Arrival, later: Arrival): Disorder {
  const { connection } = later;
  const before = numberedOn(connection).find(({ id, event }) => id === later.id && event.index < later.event.index);
  if (before !== undefined && isSameEvent(before.event, later.event)) {
    return 'repeated';
  }
  const elsewhere = stream.parts.some((part) => part !== connection && isAscendingOn(part, later.id, earlier.id));
  return elsewhere ? 'delivered' : 'assigned';
}

function isAscendingOn(part: ConnectionView, lower: number, higher: number): boolean {
  const ids = numberedOn(part);
  const first = ids.findIndex(({ id }) => id === lower);
  return lower < higher && first !== -1 && ids.slice(first).some(({ id }) => id === higher);
}

/** Neighbours on a connection of which the later has no greater id; at most a few, as each is looked into. */
export function disordersOn(connection: ConnectionView): readonly (readonly [Arrival, Arrival])[] {
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
export function countsByOne(stream: Stream): boolean {
  const { creator } = stream;
  return creator !== undefined && numberedOn(creator).length > 1 && jumpsOf(stream, creator, 0).length === 0;
}

/** Events that should have an id (ID-004) or have one that cannot be compared (ID-001): numbers lack in their place. */
export function unnumberedOn(connection: ConnectionView): number {
  return connection.events().filter((event) => {
    const needsOne = event.type === 'content_chunk' || endsStream(connection, event);
    return idOf(event) === undefined && (event.id !== null || needsOne);
  }).length;
}

/** How many of the ids between two came on some connection or went to a block that is no numbered event. */
function knownBetween(stream: Stream, low: number, high: number): number {
  const isKnown = (id: number): boolean => stream.arrivals.has(id) || stream.spentIds.has(id);
  let known = 0;
  if (high - low <= stream.arrivals.size + stream.spentIds.size) {
    for (let id = low + 1; id < high; id += 1) {
      known += isKnown(id) ? 1 : 0;
    }
    return known;
  }
  for (const id of new Set([...stream.arrivals.keys(), ...stream.spentIds])) {
    known += id > low && id < high ? 1 : 0;
  }
  return known;
}
