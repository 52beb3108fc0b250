/** Scenarios about cuts: how a connection ends, what comes again, what is missing, how long a client goes on. */
import {
  cutAfter,
  drop,
  eof,
  GIVEN_UP_MS,
  LAST_ID,
  openedAndClosed,
  playTo,
  rest,
  scenario,
  status,
  stream,
  streamOf,
} from './building-blocks.js';
import type { Pace } from './pace.js';
import type { Answer, ClientScenario } from './scenario.js';

/** Connections that each bring one new id: more than a client has attempts without progress. */
const PROGRESSES = 7;

/** Connections that bring nothing new but last: more than a client has attempts without progress. */
const STABLE = 6;

/** Openings without an event: more than a client has attempts without progress. */
const OPENINGS = 8;

export function cutScenarios(pace: Pace): readonly ClientScenario[] {
  const withoutThird: Answer = stream({ do: 'play', upToId: LAST_ID, skipIds: [3] }, eof);
  return [
    scenario(pace, {
      name: 'cut-after',
      does: 'ends the connection after event 3, without a terminal event',
      answers: [cutAfter(3), rest],
    }),
    scenario(pace, {
      name: 'reset-after',
      does: 'resets the connection after event 3',
      answers: [cutAfter(3, 'reset'), rest],
    }),
    scenario(pace, {
      name: 'truncated-after',
      does: 'breaks the connection off after event 3, before the framing of HTTP is complete',
      answers: [cutAfter(3, 'truncate'), rest],
    }),
    scenario(pace, {
      name: 'duplicates',
      does: 'plays everything from the start on the second connection, whatever the cursor',
      answers: [cutAfter(3), stream({ do: 'play', upToId: LAST_ID, ignoreCursor: true }, eof)],
    }),
    scenario(pace, {
      name: 'gap-once',
      does: 'leaves out event 3 on the first connection',
      answers: [withoutThird, rest],
    }),
    scenario(pace, {
      name: 'gap-at-start',
      does: 'leaves out event 1 on the first connection',
      answers: [stream({ do: 'play', upToId: LAST_ID, skipIds: [1] }, eof), rest],
    }),
    scenario(pace, {
      name: 'gap-before-end',
      does: 'leaves out the event before the terminal event on the first connection',
      answers: [stream({ do: 'play', upToId: LAST_ID, skipIds: [LAST_ID - 1] }, eof), rest],
    }),
    scenario(pace, {
      name: 'gap-twice',
      does: 'leaves out event 3 on the first connection and event 7 on the second, which brings what was missing',
      answers: [withoutThird, stream({ do: 'play', upToId: LAST_ID, skipIds: [7] }, eof), rest],
    }),
    scenario(pace, {
      name: 'gap-always',
      does: 'leaves out event 3 on every connection',
      answers: [withoutThird],
      settleMs: GIVEN_UP_MS,
    }),
    scenario(pace, {
      name: 'cut-always',
      does: 'ends every connection after the first one with nothing new',
      answers: [cutAfter(3), stream(eof)],
      settleMs: GIVEN_UP_MS,
    }),
    scenario(pace, {
      name: 'drop-always',
      does: 'closes every connection without an answer',
      answers: [drop],
      settleMs: GIVEN_UP_MS,
    }),
    scenario(pace, {
      name: 'drop-8',
      does: 'accepts eight requests and ends each answer without an event',
      answers: [...Array.from({ length: OPENINGS }, () => openedAndClosed), rest],
    }),
    numericIds(pace),
    scenario(pace, {
      name: 'progress-resets',
      does: 'ends seven connections in a row, each after one new event',
      answers: [...Array.from({ length: PROGRESSES }, (_, index) => cutAfter(index + 1)), rest],
    }),
    scenario(pace, {
      name: 'stable-resets',
      does: 'ends six connections in a row after heartbeats for three times their interval, and nothing new',
      parameters: pace.brisk,
      answers: [
        cutAfter(3),
        ...Array.from({ length: STABLE }, () =>
          stream({ do: 'heartbeats', forMs: 3_000 * pace.brisk.heartbeatInterval }, eof),
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'cursor-survives',
      does: 'answers the resumption with 503, then with nothing, then with the rest',
      answers: [cutAfter(3), status(503), drop, rest],
    }),
    scenario(pace, {
      name: 'trace-kept',
      does: 'names a trace id and ends the connection after event 3',
      answers: [cutAfter(3), rest],
    }),
    ...['own-stream-id-1', 'own-stream-id-2'].map((name) =>
      scenario(pace, {
        name,
        does: 'gives a URL without a stream id, and ends the connection after event 3',
        namesStream: false,
        answers: [cutAfter(3), rest],
      }),
    ),
  ];
}

/** As text "10" comes before "9". */
function numericIds(pace: Pace): ClientScenario {
  const stepsOfSecond = stream({ do: 'play', fromId: 9, upToId: 13 }, eof);
  return scenario(pace, {
    name: 'numeric-ids',
    does: 'ends the connection after event 10 and plays events 9 and 10 again',
    stream: streamOf(12),
    answers: [stream(playTo(10), eof), stepsOfSecond],
  });
}
