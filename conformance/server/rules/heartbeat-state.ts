/** HEARTBEAT-010 to HEARTBEAT-012: whether heartbeats tell the truth about their stream. */
import type { ConnectionView } from '../../evidence/types.js';
import type { RuleBook, Sighting } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import type { WireEvent } from '../../wire/types.js';
import { EVERY_STREAM, type Finding, judgeAll, overStreams, tellsTime } from './rule-shapes.js';
import { type Count, capOf, chunkCounterOf } from './stream-counts.js';
import { highestBefore, idOf, isAfterTheEnd, type Stream } from './streams.js';

const WITHIN_SECONDS = 1;

type Found = Finding & { readonly event: WireEvent };

function* judgeRemaining(stream: Stream): Iterable<Sighting> {
  const cap = capOf(stream);
  const { created } = stream;
  if (cap === undefined || created === undefined) {
    return;
  }
  for (const part of stream.parts) {
    // What a finished stream has left, the spec does not say.
    if (!tellsTime(part) || isAfterTheEnd(stream, part)) {
      continue;
    }
    const findings: Found[] = [];
    let seen = 0;
    for (const event of part.events('heartbeat')) {
      const remaining = part.json(event)?.remaining_seconds;
      if (typeof remaining !== 'number') {
        continue;
      }
      seen += 1;
      // The stream is at most as old as its first request, at least as old as its first answer was then; arriving late
      // makes a true value look too great, never too small.
      const least = (cap.leastMs - (event.atMs - created.earliestMs) - EARLY_MS) / 1000 - WITHIN_SECONDS;
      const most = (cap.mostMs - (event.atMs - created.latestMs) + LATE_MS) / 1000 + WITHIN_SECONDS;
      if (remaining < least || remaining > Math.max(0, most)) {
        const leftSeconds = Math.max(0, (cap.mostMs - (event.atMs - created.latestMs)) / 1000);
        findings.push({
          expected: `remaining_seconds ${leftSeconds.toFixed(3)}, within ${WITHIN_SECONDS} s and ${LATE_MS} ms of grace`,
          actual: `remaining_seconds ${remaining}`,
          event,
        });
      }
    }
    yield* judgeAll(part, findings, seen > 0);
  }
}

/** A heartbeat that states its head, and the bounds between which the true one lies. */
interface Headed {
  readonly event: WireEvent;
  readonly headId: number;
  /** What had come before it on this connection, or on any before this one was asked for, was there. */
  readonly least: number;
  /** Where the end of the stream was seen, no id beyond it was ever there; else unknown. */
  readonly most: number;
}

function headedOn(stream: Stream, part: ConnectionView): readonly Headed[] {
  const lastId = stream.terminal === undefined ? undefined : idOf(stream.terminal.event);
  const most = lastId === undefined ? Number.POSITIVE_INFINITY : Math.max(lastId, stream.highestId);
  const headed: Headed[] = [];
  let least = highestBefore(stream, part.sentAtMs);
  for (const event of part.events()) {
    if (event.type === 'heartbeat') {
      const headId = part.json(event)?.head_id;
      if (typeof headId === 'number' && Number.isSafeInteger(headId)) {
        headed.push({ event, headId, least, most });
      }
    } else {
      least = Math.max(least, idOf(event) ?? 0);
    }
  }
  return headed;
}

function* judgeHead(stream: Stream): Iterable<Sighting> {
  for (const part of stream.parts) {
    const findings: Found[] = [];
    const headed = headedOn(stream, part);
    for (const [index, { event, headId, least, most }] of headed.entries()) {
      const previous = headed[index - 1]?.headId ?? 0;
      const actual = `head_id ${headId}`;
      if (headId < least) {
        findings.push({ expected: `head_id ${least} or more: that id had come already`, actual, event });
      } else if (headId > most) {
        findings.push({ expected: `head_id ${most} at most: the stream ended there`, actual, event });
      } else if (headId < previous) {
        findings.push({ expected: `head_id ${previous} or more, as in the heartbeat before`, actual, event });
      }
    }
    yield* judgeAll(
      part,
      findings,
      headed.some(({ least }) => least > 0),
    );
  }
}

function* judgeChunks(stream: Stream): Iterable<Sighting> {
  if (stream.creator === undefined) {
    return;
  }
  const countUpTo = chunkCounterOf(stream);
  for (const part of stream.parts) {
    const counted = headedOn(stream, part).flatMap((headed) => {
      const total = part.json(headed.event)?.total_chunks;
      return typeof total === 'number' && headed.headId <= stream.highestId ? [{ headed, total }] : [];
    });
    const findings: Found[] = [];
    let seen = 0;
    for (const { headed, total } of counted) {
      const { from, to } = chunksAt(headed, stream, countUpTo);
      seen += to > 0 ? 1 : 0;
      if (total < from || total > to) {
        const chunks = from === to ? `${from}` : `${from} to ${to}`;
        findings.push({
          expected: `total_chunks ${chunks}: so many content_chunk events are there up to id ${headed.headId}`,
          actual: `total_chunks ${total}`,
          event: headed.event,
        });
      }
    }
    yield* judgeAll(part, findings, seen > 0);
  }
}

/** Where the head itself is false (HEARTBEAT-012), the count is held to what the true one can be. */
function chunksAt(
  { headId, least, most }: Headed,
  stream: Stream,
  countUpTo: (upTo: number) => Count,
): { readonly from: number; readonly to: number } {
  const isTrue = headId >= least && headId <= most;
  return {
    from: countUpTo(isTrue ? headId : least).least,
    to: countUpTo(isTrue ? headId : stream.highestId).most,
  };
}

const WITH_CONTENT = 'Give the URL of an endpoint whose stream has content with ids between its heartbeats.';

export const heartbeatState = {
  'HEARTBEAT-010': overStreams(
    {
      from: [...EVERY_STREAM, 'cap-reconnect'],
      observes:
        'The `remaining_seconds` of every heartbeat, beside the declared cap and the time since the first request.',
      occasion: 'Give the URL of an endpoint that declares its cap and sends heartbeats.',
      mend: 'Keep the instant of creation with the stream and compute the rest from it for each heartbeat.',
      timed: true,
    },
    judgeRemaining,
  ),
  'HEARTBEAT-011': overStreams(
    {
      from: EVERY_STREAM,
      observes: 'The `total_chunks` of every heartbeat, beside the chunks of the stream up to its `head_id`.',
      occasion: WITH_CONTENT,
      mend: 'Count the chunks where ids are given out, per stream, and read both numbers in one step.',
    },
    judgeChunks,
  ),
  'HEARTBEAT-012': overStreams(
    {
      from: EVERY_STREAM,
      observes: 'The `head_id` of every heartbeat, beside the ids that had come by then and the last id of the stream.',
      occasion: WITH_CONTENT,
      mend: 'Read the newest id from the history of the stream when the heartbeat is written.',
    },
    judgeHead,
  ),
} satisfies RuleBook<'server', 'HEARTBEAT'>;
