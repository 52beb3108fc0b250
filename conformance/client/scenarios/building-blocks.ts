/** What scenarios are put together from: the base stream, the usual answers, the usual times. */
import { type EventFields, WireWriter } from '../../wire/writer.js';
import type { Pace } from './pace.js';
import type { Answer, ClientScenario, PlayedEvent, Step, Writing } from './scenario.js';

/** The terminal event's id of the base stream. */
export const LAST_ID = 9;

/** Long enough to see that a finished client does not come back: a native EventSource does after 3 s. */
export const NOTHING_FOLLOWS_MS = 3_500;

/** Where what follows the end is not the point. */
const BRIEF_MS = 1_500;

/** Longer than the longest delay that a client may still be waiting for, 5 s, and than the 8 s of one without a cap. */
export const GIVEN_UP_MS = 9_500;

/** Data is written and read before the connection breaks: that may throw away what lies unread. */
const BEFORE_BREAK_MS = 150;

export function chunkEvent(id: number, content = `w${id} `): PlayedEvent {
  return { type: 'content_chunk', id: String(id), data: dataOf({ content }) };
}

export function completeEvent(id: number, reason = 'done', chunks = id - 1): PlayedEvent {
  return { type: 'complete', id: String(id), data: dataOf({ reason, duration: 0.5, total_chunks: chunks }) };
}

/** The text of an event's data; the trace id is filled in when it is played. */
export function dataOf(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...members, trace_id: '{trace_id}' });
}

/** Ids 1 to `chunks`, then `complete`. */
export function streamOf(chunks: number): readonly PlayedEvent[] {
  return [...Array.from({ length: chunks }, (_, index) => chunkEvent(index + 1)), completeEvent(chunks + 1)];
}

/** The base stream: ids 1 to 8 with "w1 " to "w8 ", id 9 `complete`, reason `done`. */
export const BASE = streamOf(LAST_ID - 1);

const heartbeat: Step = { do: 'heartbeat' };
export const eof: Step = { do: 'end', how: 'eof' };

export function playTo(upToId: number): Step {
  return { do: 'play', upToId };
}

/** A stream connection: a heartbeat, the steps. */
export function stream(...steps: readonly Step[]): Answer {
  return { kind: 'stream', steps: [heartbeat, ...steps] };
}

/** The same, written in another way. */
export function written(writing: Writing, ...steps: readonly Step[]): Answer {
  return { kind: 'stream', writing, steps: [heartbeat, ...steps] };
}

/** A stream connection that ends after an id, without a terminal event. */
export function cutAfter(id: number, how: 'eof' | 'reset' | 'truncate' = 'eof'): Answer {
  const pause: Step[] = how === 'eof' ? [] : [{ do: 'wait', ms: BEFORE_BREAK_MS }];
  return stream(playTo(id), ...pause, { do: 'end', how });
}

/** A stream connection from the cursor to the end of the base stream. */
export const rest: Answer = stream(playTo(LAST_ID), eof);

export const drop: Answer = { kind: 'drop', how: 'close' };

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'status', status: code, headers };
}

/** A stream head and nothing after it. */
export const openedAndClosed: Answer = { kind: 'stream', steps: [eof] };

/** The bytes of a block, as text for a `send`. */
export function blockOf(fields: EventFields): string {
  return Buffer.from(new WireWriter().event(fields)).toString();
}

export function blockOfEvent({ type, id, data }: PlayedEvent): string {
  return blockOf({ event: type, ...(id === undefined ? {} : { id }), data });
}

/** Beyond those that are expected: more than one may be due to chance. */
const MORE_REQUESTS = 3;

/** Where a client has to give up: more than twice the attempts that it has. */
const WITHOUT_END_REQUESTS = 14;

type Varying = Pick<ClientScenario, 'name' | 'does' | 'answers'> & Partial<ClientScenario>;

/** A scenario over the base stream with the times that suit most. */
export function scenario(pace: Pace, varying: Varying): ClientScenario {
  return {
    parameters: pace.parameters,
    stream: BASE,
    settleMs: BRIEF_MS,
    enoughRequests: varying.settleMs === GIVEN_UP_MS ? WITHOUT_END_REQUESTS : varying.answers.length + MORE_REQUESTS,
    atMostMs: 45_000 + 5_500 * pace.parameters.silenceThreshold,
    ...varying,
  };
}
