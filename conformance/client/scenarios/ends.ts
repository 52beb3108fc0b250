/** Scenarios about the end of a stream: what ends it, what does not, and what follows. */
import {
  BASE,
  blockOfEvent,
  chunkEvent,
  completeEvent,
  cutAfter,
  dataOf,
  eof,
  GIVEN_UP_MS,
  LAST_ID,
  NOTHING_FOLLOWS_MS,
  playTo,
  rest,
  scenario,
  status,
  stream,
} from './building-blocks.js';
import type { Pace } from './pace.js';
import type { Answer, ClientScenario, PlayedEvent } from './scenario.js';

/** How long a connection stays open after its terminal event, so that a client that does not close shows as one. */
const LEFT_OPEN_MS = 3_000;

export function endScenarios(pace: Pace): readonly ClientScenario[] {
  const three = BASE.slice(0, 3);
  const ending = (name: string, does: string, terminal: PlayedEvent): ClientScenario =>
    scenario(pace, {
      name,
      does,
      stream: [...three, terminal],
      answers: [stream(playTo(4), eof)],
      settleMs: NOTHING_FOLLOWS_MS,
    });
  return [
    scenario(pace, {
      name: 'complete-open',
      does: 'leaves the connection open after the terminal event',
      answers: [stream(playTo(LAST_ID), { do: 'stall', atMostMs: LEFT_OPEN_MS }, eof)],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    scenario(pace, {
      name: 'started-twice',
      does: 'plays a whole stream, and again to the client when it has been started once more',
      startsAgain: true,
      answers: [rest, rest, status(204)],
    }),
    scenario(pace, {
      name: 'after-complete',
      does: 'sends an event and a second terminal event in the same write as the first one',
      answers: [stream(playTo(LAST_ID - 1), { do: 'send', bytes: afterComplete() }, eof)],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    scenario(pace, {
      name: 'finished-204',
      does: 'answers the resumption with 204: nothing is left',
      answers: [cutAfter(3), status(204)],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    ending('error-in-band', 'ends the stream with an error of a code and a message', {
      type: 'error',
      id: '4',
      data: dataOf({ code: 'x-failed', message: 'the model gave up', retryable: false }),
    }),
    scenario(pace, {
      name: 'error-open',
      does: 'leaves the connection open after an error that calls itself retryable',
      stream: [
        ...three,
        {
          type: 'error',
          id: '4',
          data: dataOf({ code: 'x-overloaded', message: 'the model is busy', retryable: true }),
        },
      ],
      answers: [stream(playTo(4), { do: 'stall', atMostMs: LEFT_OPEN_MS }, eof)],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    scenario(pace, {
      name: 'transport-error',
      does: 'resets the connection after event 3, which is no error of the stream',
      answers: [cutAfter(3, 'reset'), rest],
    }),
    ending('cap-reached', 'ends the stream at its cap', completeEvent(4, 'duration_cap')),
    ending('length-reached', 'ends the stream because the answer has grown too long', completeEvent(4, 'length')),
    scenario(pace, {
      name: 'unknown-cursor',
      does: 'refuses the cursor of the resumption as unknown',
      answers: [cutAfter(3), refusal({ code: 'unknown_cursor', message: 'this stream is not known here' })],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    scenario(pace, {
      name: 'replay-gap',
      does: 'refuses the cursor of the resumption because what follows it is gone',
      answers: [
        cutAfter(3),
        refusal({ code: 'replay_gap', message: 'events 4 to 6 are gone', requested: 3, earliest_available: 7 }),
      ],
      settleMs: NOTHING_FOLLOWS_MS,
    }),
    ...malformed(pace),
  ];
}

/** The terminal event and what may not follow it. */
function afterComplete(): string {
  return [completeEvent(LAST_ID), chunkEvent(LAST_ID + 1), completeEvent(LAST_ID + 2)].map(blockOfEvent).join('');
}

/** An in-band refusal (REPLAY-012, REPLAY-013): one error without an id, and the end of the connection. */
function refusal(members: Readonly<Record<string, unknown>>): Answer {
  const event: PlayedEvent = { type: 'error', data: dataOf({ ...members, retryable: true }) };
  return { kind: 'stream', steps: [{ do: 'send', bytes: blockOfEvent(event) }, eof] };
}

function malformed(pace: Pace): readonly ClientScenario[] {
  const broken: Answer = stream(
    playTo(3),
    { do: 'send', bytes: 'event: content_chunk\nid: 4\ndata: {"content":\n\n' },
    { do: 'play', fromId: 5, upToId: LAST_ID },
    eof,
  );
  return [
    scenario(pace, {
      name: 'malformed-once',
      does: 'sends data that is no JSON in event 4, and the whole event on the next connection',
      answers: [broken, rest],
    }),
    scenario(pace, {
      name: 'malformed-array',
      does: 'sends data that is JSON but no object in event 4, and the whole event on the next connection',
      answers: [
        stream(
          playTo(3),
          { do: 'send', bytes: 'event: content_chunk\nid: 4\ndata: ["w4 "]\n\n' },
          { do: 'play', fromId: 5, upToId: LAST_ID },
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'malformed-always',
      does: 'sends data that is no JSON in event 4 on every connection',
      answers: [broken],
      settleMs: GIVEN_UP_MS,
    }),
  ];
}
