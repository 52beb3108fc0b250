/** Scenarios about silence and signs of life, and about the parameters that say what silence is. */
import { cutAfter, eof, LAST_ID, NOTHING_FOLLOWS_MS, playTo, rest, scenario, stream } from './building-blocks.js';
import { type Pace, REAL, stallMs } from './pace.js';
import type { Answer, ClientScenario, Step } from './scenario.js';

/** A client should give up an attempt after 10 s (RETRY-022); the rest is for the patient ones to show. */
const NO_ANSWER_MS = 14_000;

const GARBAGE = {
  'X-Heartbeat-Interval': 'abc',
  'X-Silence-Threshold': '-1',
  'X-Stream-Max-Seconds': '1e3',
} as const;

/** Numbers in other notations than that of the protocol. */
const LENIENT = {
  'X-Heartbeat-Interval': '5e-1',
  'X-Silence-Threshold': '15e-1',
  'X-Stream-Max-Seconds': '60s',
} as const;

/** Decimal numbers out of 0.05 to 86400. */
const EXTREME = {
  'X-Heartbeat-Interval': '0.01',
  'X-Silence-Threshold': '0.03',
  'X-Stream-Max-Seconds': '86401',
} as const;

const ABSENT = { 'X-Heartbeat-Interval': null, 'X-Silence-Threshold': null, 'X-Stream-Max-Seconds': null } as const;

export function silenceScenarios(given: Pace): readonly ClientScenario[] {
  const pace = { ...given, parameters: given.brisk };
  const { heartbeatInterval, silenceThreshold } = pace.parameters;
  const stall: Step = { do: 'stall', atMostMs: stallMs(silenceThreshold) };
  const longerThanSilenceMs = 3 * silenceThreshold * 1000;
  return [
    scenario(pace, {
      name: 'stall',
      does: 'sends nothing after event 3 and leaves the connection open',
      answers: [stream(playTo(3), stall), rest],
    }),
    scenario(pace, {
      name: 'stall-at-start',
      does: 'opens a stream, sends nothing at all and leaves the connection open',
      answers: [{ kind: 'stream', steps: [stall] }, rest],
    }),
    scenario(pace, {
      name: 'heartbeats-only',
      does: 'sends nothing but heartbeats for three times the silence threshold',
      answers: [stream(playTo(2), { do: 'heartbeats', forMs: longerThanSilenceMs }, playTo(LAST_ID), eof), rest],
    }),
    scenario(pace, {
      name: 'unknown-alive',
      does: 'sends nothing but events of an unknown type for three times the silence threshold',
      answers: [
        stream(
          playTo(2),
          { do: 'heartbeats', forMs: longerThanSilenceMs, instead: { type: 'x-tick', data: '{"alive":true}' } },
          playTo(LAST_ID),
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'content-only',
      does: 'sends content without heartbeats for longer than the silence threshold',
      answers: [stream({ do: 'play', upToId: LAST_ID, everyMs: Math.round(400 * silenceThreshold) }, eof), rest],
    }),
    scenario(pace, {
      name: 'comments-only',
      does: 'sends nothing but comments after event 3, which are no events',
      answers: [
        stream(
          playTo(3),
          ...Array.from({ length: Math.ceil(stallMs(silenceThreshold) / (heartbeatInterval * 1000)) }, (): Step[] => [
            { do: 'send', bytes: ': alive\n\n' },
            { do: 'wait', ms: heartbeatInterval * 1000 },
          ]).flat(),
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'waiting',
      does: 'sends nothing for two and a half heartbeat intervals, less than the silence threshold',
      parameters: pace.waiting,
      answers: [
        stream(
          playTo(2),
          { do: 'wait', ms: 2.5 * pace.waiting.heartbeatInterval * 1000 },
          { do: 'heartbeat' },
          playTo(LAST_ID),
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'parameters-differ',
      does: 'declares a longer silence threshold in the heartbeat than in the headers, and sends nothing more',
      answers: [
        {
          kind: 'stream',
          steps: [
            { do: 'heartbeat', declare: pace.differing },
            playTo(3),
            { do: 'stall', atMostMs: stallMs(pace.differing.silenceThreshold) },
          ],
        },
        rest,
      ],
    }),
    withDefaults(pace, 'no-parameters', 'declares no parameters at all and sends nothing after event 3', ABSENT),
    withDefaults(
      pace,
      'garbage-parameters',
      'declares parameters that cannot be used and sends nothing after event 3',
      GARBAGE,
    ),
    withDefaults(
      pace,
      'lenient-parameters',
      'declares parameters that only a lenient parser takes and sends nothing after event 3',
      LENIENT,
    ),
    withDefaults(
      pace,
      'extreme-parameters',
      'declares parameters out of range and sends nothing after event 3',
      EXTREME,
    ),
    scenario(pace, {
      name: 'slow-open',
      does: 'never answers the first request',
      answers: [{ kind: 'silence', atMostMs: NO_ANSWER_MS }, rest],
      realTime: true,
    }),
    hidden(pace, heartbeatInterval),
    wake(pace),
  ];
}

/** The client falls back to the defaults of the protocol, which no declaration can scale down. */
function withDefaults(
  pace: Pace,
  name: string,
  does: string,
  headers: Readonly<Record<string, string | null>>,
): ClientScenario {
  const answer = (...steps: readonly Step[]): Answer => ({
    kind: 'stream',
    headers,
    steps: [{ do: 'heartbeat', bare: true }, ...steps],
  });
  const stall: Step = { do: 'stall', atMostMs: stallMs(REAL.parameters.silenceThreshold) };
  return scenario(pace, {
    name,
    does,
    parameters: REAL.parameters,
    answers: [answer(playTo(3), stall), answer(playTo(LAST_ID), eof)],
    realTime: true,
  });
}

function hidden(pace: Pace, heartbeatInterval: number): ClientScenario {
  const forMs = Math.max(1_500, 2 * heartbeatInterval * 1000);
  return scenario(pace, {
    name: 'hidden',
    does: 'hides the page of the client while the stream goes on',
    answers: [stream(playTo(2), { do: 'cue', cue: 'hide' }, { do: 'heartbeats', forMs }, playTo(LAST_ID), eof), rest],
  });
}

/** The third connection is lost with a delay of at least 2 s ahead, which waking up skips. */
function wake(pace: Pace): ClientScenario {
  const lost: Answer = { kind: 'stream', steps: [eof] };
  const lostThenWoken: Answer = { kind: 'stream', steps: [eof, { do: 'wait', ms: 300 }, { do: 'cue', cue: 'wake' }] };
  return scenario(pace, {
    name: 'wake',
    does: 'makes the page of the client visible while it waits to reconnect',
    answers: [cutAfter(3), lost, lostThenWoken, rest],
    settleMs: NOTHING_FOLLOWS_MS,
  });
}
