/** HEARTBEAT-011 and HEARTBEAT-012: whether heartbeats tell the truth about the newest id and the chunks up to it. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import type { RuleBook, Sighting } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { isWellNumbered, numbersWell } from './numbering.js';
import { EVERY_STREAM, type Finding, judgeAll } from './rule-shapes.js';
import { type Count, chunkCounterOf } from './stream-counts.js';
import { highestBefore, idOf, numberedOn, type Stream, streamsOf } from './streams.js';

type Found = Finding & { readonly event: WireEvent };

/** A heartbeat that states its head, and the bounds between which the true one lies. */
interface Headed {
  readonly event: WireEvent;
  readonly headId: number;
  /** What had come before it on this connection, or on any before this one was asked for, was there. */
  readonly least: number;
  /** Where the end of the stream was seen, no id beyond it was ever there; else unknown. */
  readonly most: number;
}

/**
 * Where the ids themselves are at fault (ID-002, ID-003), a head may be the number of events as well as an id: the
 * bounds hold for both.
 */
function headedOn(stream: Stream, part: ConnectionView, wellNumbered: boolean): readonly Headed[] {
  const lastId = stream.terminal === undefined ? undefined : idOf(stream.terminal.event);
  const events = wellNumbered ? 0 : Math.max(...stream.parts.map((other) => numberedOn(other).length));
  const most = lastId === undefined ? Number.POSITIVE_INFINITY : Math.max(lastId, stream.highestId, events);
  const headed: Headed[] = [];
  let seenId = highestBefore(stream, part.sentAtMs);
  let seen = 0;
  for (const event of part.events()) {
    if (event.type !== 'heartbeat') {
      seenId = Math.max(seenId, idOf(event) ?? 0);
      seen += 1;
      continue;
    }
    const headId = part.json(event)?.head_id;
    if (typeof headId === 'number' && Number.isSafeInteger(headId)) {
      headed.push({ event, headId, least: wellNumbered ? seenId : Math.min(seenId, seen), most });
    }
  }
  return headed;
}

function* falseHeads(headed: readonly Headed[]): Iterable<Found> {
  for (const [index, { event, headId, least, most }] of headed.entries()) {
    const previous = headed[index - 1]?.headId ?? 0;
    const actual = `head_id ${headId}`;
    if (headId < least) {
      yield { expected: `head_id ${least} or more: that id had come already`, actual, event };
    } else if (headId > most) {
      yield { expected: `head_id ${most} at most: the stream ended there`, actual, event };
    } else if (headId < previous) {
      yield { expected: `head_id ${previous} or more, as in the heartbeat before`, actual, event };
    }
  }
}

function* judgeHeads(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    const wellNumbered = isWellNumbered(evidence, stream);
    for (const part of stream.parts) {
      const headed = headedOn(stream, part, wellNumbered);
      yield* judgeAll(
        part,
        falseHeads(headed),
        headed.some(({ least }) => least > 0),
      );
    }
  }
}

function* judgeChunks(evidence: Evidence): Iterable<Sighting> {
  const streams = streamsOf(evidence).filter(({ creator }) => creator !== undefined);
  // Streams of which too little was seen to tell how they count say nothing against the others.
  const trueHeads =
    numbersWell(evidence) &&
    streams.every((stream) => stream.parts.every((part) => [...falseHeads(headedOn(stream, part, true))].length === 0));
  for (const stream of streams) {
    const chunksUpTo = chunkCounterOf(stream);
    for (const part of stream.parts) {
      yield* judgeChunksOn(stream, part, chunksUpTo, trueHeads, isWellNumbered(evidence, stream));
    }
  }
}

/**
 * Where a target's heads are false (HEARTBEAT-012), its counts are not held to them, but to what had come and what came
 * in the end.
 */
function* judgeChunksOn(
  stream: Stream,
  part: ConnectionView,
  chunksUpTo: (upTo: number) => Count,
  trueHeads: boolean,
  wellNumbered: boolean,
): Iterable<Sighting> {
  const findings: Found[] = [];
  let seen = 0;
  for (const { event, headId, least } of headedOn(stream, part, wellNumbered)) {
    const total = part.json(event)?.total_chunks;
    if (typeof total !== 'number' || (trueHeads && headId > stream.highestId)) {
      continue;
    }
    const from = chunksUpTo(trueHeads ? headId : least).least;
    const to = chunksUpTo(trueHeads ? headId : stream.highestId).most;
    seen += to > 0 ? 1 : 0;
    if (total < from || total > to) {
      const chunks = from === to ? `${from}` : `${from} to ${to}`;
      findings.push({
        expected: `total_chunks ${chunks}: so many content_chunk events are there up to id ${headId}`,
        actual: `total_chunks ${total}`,
        event,
      });
    }
  }
  yield* judgeAll(part, findings, seen > 0);
}

const WITH_CONTENT = 'Give the URL of an endpoint whose stream has content with ids between its heartbeats.';

export const heartbeatHead = {
  'HEARTBEAT-011': {
    from: EVERY_STREAM,
    observes: 'The `total_chunks` of every heartbeat, beside the chunks of the stream up to its `head_id`.',
    occasion: WITH_CONTENT,
    mend: 'Count the chunks where ids are given out, per stream, and read both numbers in one step.',
    judge: judgeChunks,
  },
  'HEARTBEAT-012': {
    from: EVERY_STREAM,
    observes: 'The `head_id` of every heartbeat, beside the ids that had come by then and the last id of the stream.',
    occasion: WITH_CONTENT,
    mend: 'Read the newest id from the history of the stream when the heartbeat is written.',
    judge: judgeHeads,
  },
} satisfies RuleBook<'server', 'HEARTBEAT'>;
