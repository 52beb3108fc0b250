/** What the counters of a server may say: how many chunks a stream had up to an id, as far as the evidence shows. */
import { secondsOfHeader, secondsOfMember } from '../../evidence/declared.js';
import type { ConnectionView } from '../../evidence/types.js';
import { idOf, isSameEvent, numberedOn, type Stream } from './streams.js';

/** Between these the true number lies; equal where everything was seen. */
export interface Count {
  readonly least: number;
  readonly most: number;
}

/**
 * Chunks of a stream up to an id that has come, both for all and for any id. Ids that nobody saw, and events without a
 * type (EVENT-005) or a usable id (ID-001, ID-004), may have been chunks: each widens the window by one.
 */
export function chunkCounterOf(stream: Stream): (upTo: number) => Count {
  const chunkIds: number[] = [];
  const openIds: number[] = [];
  const knownIds = [...new Set([...stream.arrivals.keys(), ...stream.spentIds])].sort((one, other) => one - other);
  for (const { id, event } of stream.arrivals.values()) {
    if (event.type === 'content_chunk') {
      chunkIds.push(id);
    } else if (event.type === 'message') {
      openIds.push(id);
    }
  }
  const loose = stream.parts.reduce((most, part) => Math.max(most, looseChunksOn(part)), 0);
  const start = stream.lowestId;
  return (upTo) => {
    const least = countUpTo(chunkIds, upTo);
    const unseen = upTo < start ? 0 : upTo - start + 1 - countUpTo(knownIds, upTo) + countUpTo(knownIds, start - 1);
    return { least, most: least + countUpTo(openIds, upTo) + Math.max(0, unseen) + loose };
  };
}

/** Chunks without an id that can be compared, and repeated ids that name different chunks (ID-002). */
function looseChunksOn(part: ConnectionView): number {
  const seen = new Map<number, (typeof numbered)[number]['event']>();
  const numbered = numberedOn(part);
  let loose = 0;
  for (const { id, event } of numbered) {
    const known = seen.get(id);
    loose += known !== undefined && !isSameEvent(known, event) ? 1 : 0;
    seen.set(id, event);
  }
  const chunks = part.events().filter((event) => event.type === 'content_chunk' || event.type === 'message');
  return loose + chunks.filter((event) => idOf(event) === undefined).length;
}

/** How many of the ascending numbers are at most `limit`. */
function countUpTo(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) <= limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The caps that a stream's headers and first heartbeats declare, milliseconds; undefined where none does. */
export function capOf(stream: Stream): { readonly leastMs: number; readonly mostMs: number } | undefined {
  let leastMs = Number.POSITIVE_INFINITY;
  let mostMs = 0;
  for (const part of stream.parts) {
    const [heartbeat] = part.events('heartbeat');
    const inBand = heartbeat === undefined ? undefined : part.json(heartbeat)?.max_duration;
    for (const seconds of [secondsOfHeader(part.header('x-stream-max-seconds')), secondsOfMember(inBand)]) {
      if (seconds !== undefined) {
        leastMs = Math.min(leastMs, seconds * 1000);
        mostMs = Math.max(mostMs, seconds * 1000);
      }
    }
  }
  return mostMs === 0 ? undefined : { leastMs, mostMs };
}
