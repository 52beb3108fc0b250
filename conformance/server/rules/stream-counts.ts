/** What the counters of a server may say: how many chunks a stream had up to an id, as far as the evidence shows. */
import { secondsOfHeader, secondsOfMember } from '../../evidence/declared.js';
import type { WireEvent } from '../../wire/types.js';
import { idOf, isSameEvent, type Stream } from './streams.js';

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
  const loose = looseChunksOf(stream);
  const start = stream.lowestId;
  return (upTo) => {
    const least = countUpTo(chunkIds, upTo);
    const unseen = upTo < start ? 0 : upTo - start + 1 - countUpTo(knownIds, upTo) + countUpTo(knownIds, start - 1);
    return { least, most: least + countUpTo(openIds, upTo) + Math.max(0, unseen) + loose };
  };
}

/**
 * Chunks that `arrivals` does not count: those without an id that can be compared, and all but the first of those that
 * share an id (ID-002). One that several connections carried counts once.
 */
function looseChunksOf(stream: Stream): number {
  const most = new Map<string, number>();
  for (const part of stream.parts) {
    const here = new Map<string, number>();
    for (const event of part.events()) {
      const id = idOf(event);
      const counted = id !== undefined && isFirstOf(stream, id, event);
      if (!counted && (event.type === 'content_chunk' || event.type === 'message')) {
        const key = `${event.id}\n${event.data}`;
        here.set(key, (here.get(key) ?? 0) + 1);
      }
    }
    for (const [key, count] of here) {
      most.set(key, Math.max(most.get(key) ?? 0, count));
    }
  }
  return [...most.values()].reduce((sum, count) => sum + count, 0);
}

function isFirstOf({ arrivals }: Stream, id: number, event: WireEvent): boolean {
  const first = arrivals.get(id);
  return first !== undefined && isSameEvent(first.event, event);
}

/** How many of the ascending numbers are at most `limit`. */
export function countUpTo(ascending: readonly number[], limit: number): number {
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
