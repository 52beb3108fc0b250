/** REPLAY-011, REPLAY-020 and REPLAY-021: how much is replayed, for how long, and whether it is what was sent before. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { cursorOf } from './cursors.js';
import { fallingIds } from './numbering.js';
import { remember } from './remember.js';
import { LONG_REPLAY, longReplayOf } from './resumptions.js';
import { ANY_STREAM, EVERY_STREAM, judgeAll } from './rule-shapes.js';
import {
  type Arrival,
  endsStream,
  isSameButForTrace,
  isSameOutcome,
  numberedOn,
  type Stream,
  streamsOf,
  terminalOf,
} from './streams.js';

const LEAST_RETENTION_SECONDS = 60;

function* judgeLimit(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    for (const part of stream.creator === undefined || stream.scenario.scenario === 'evicted' ? [] : stream.parts) {
      const cursor = cursorOf(part);
      const replay = longReplayOf(stream, part, cursor.kind === 'at' ? cursor.id : 0);
      if (replay?.limited === true) {
        yield wrong(
          placeOf(part, numberedOn(part).at(-1)?.event),
          `all ${replay.available} events of the replay`,
          `${replay.delivered} of them`,
        );
      } else if (replay !== undefined && replay.delivered > LONG_REPLAY) {
        yield right(placeOf(part));
      }
    }
  }
}

function* judgeRetention(evidence: Evidence): Iterable<Sighting> {
  const parts = evidence.connections().filter((connection) => connection.carriesStream);
  for (const connection of parts) {
    const declared = connection.header('x-replay-retention');
    if (declared !== undefined && /^-?[0-9]+(\.[0-9]+)?$/.test(declared)) {
      yield sighting(
        Number(declared) >= LEAST_RETENTION_SECONDS,
        placeOf(connection),
        () => `at least ${LEAST_RETENTION_SECONDS} s in X-Replay-Retention`,
        () => `${declared.slice(0, 40)} s`,
      );
    }
  }
  if (parts.length > 0 && parts.every((connection) => connection.header('x-replay-retention') === undefined)) {
    yield notApplicable('No answer has the optional header X-Replay-Retention.');
  }
}

function* judgeIdentity(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    // Under an id that was given out twice (ID-002) there are two events.
    const doubtful = fallingIds(evidence, stream);
    const oneEnd = liveReadersAgree(evidence);
    for (const part of stream.parts) {
      const compared = comparedOn(stream, part).filter(
        ({ id, event }) => !doubtful.has(id) && (oneEnd || !endsStream(part, event)),
      );
      const findings = compared
        .filter(({ first, event }) => !isSameButForTrace(first.connection, first.event, part, event))
        .map(({ first, event }) => ({
          expected: `${describe(first.event)}, as ${first.connection.label} got it`,
          actual: describe(event),
          event,
        }));
      yield* judgeAll(part, findings, compared.length > 0);
    }
  }
}

/** False where live readers of a stream got different terminal events (END-006): then no first delivery is the one. */
const liveReadersAgree: (evidence: Evidence) => boolean = remember((evidence) =>
  streamsOf(evidence).every(({ parts, terminal }) =>
    parts.every((part) => {
      const event = terminalOf(part);
      const live = terminal !== undefined && part.sentAtMs < terminal.event.atMs;
      return !live || event === undefined || isSameButForTrace(terminal.connection, terminal.event, part, event);
    }),
  ),
);

interface Compared {
  readonly id: number;
  readonly event: WireEvent;
  readonly first: Arrival;
}

/** Events that came before on another connection; of those sent twice on this one (REPLAY-007) the first. */
function comparedOn(stream: Stream, part: ConnectionView): readonly Compared[] {
  const seen = new Set<number>();
  return numberedOn(part).flatMap(({ id, event }) => {
    const first = stream.arrivals.get(id);
    const again = seen.has(id);
    seen.add(id);
    return first === undefined || first.event === event || again || !isReplay(part, event, first)
      ? []
      : [{ id, event, first }];
  });
}

/** Which outcome a reader gets, and what live readers get of it, END-006 says. */
function isReplay(part: ConnectionView, event: WireEvent, first: Arrival): boolean {
  const ends = endsStream(part, event) || endsStream(first.connection, first.event);
  const later = part.sentAtMs >= first.event.atMs;
  return !ends || (later && isSameOutcome(first.connection, first.event, part, event));
}

function describe({ typeField, id, data }: WireEvent): string {
  return `${typeField ?? 'no type'}, id ${id}, ${data.slice(0, 200)}`;
}

export const replayHistory = {
  'REPLAY-011': {
    from: ['after-the-end'],
    observes: `Replays of more than ${LONG_REPLAY} events, beside what the stream is known to hold.`,
    occasion: `Give a URL whose stream has more than ${LONG_REPLAY} events and ends: \`--occasion long=URL\`.`,
    mend: 'Read the history page by page until nothing is left above the last id that was sent.',
    judge: judgeLimit,
  },
  'REPLAY-020': {
    from: EVERY_STREAM,
    observes: 'The header `X-Replay-Retention` of every part of a stream.',
    occasion: ANY_STREAM,
    mend: 'Keep streams for a minute after their end or longer, and declare that; or leave the header out.',
    judge: judgeRetention,
  },
  'REPLAY-021': {
    from: ['readers', 'cut-and-resume', 'after-the-end'],
    observes: 'Type, id and data of every event that came on more than one connection, byte for byte.',
    occasion: 'Give the URL of an endpoint whose stream has ids and can be read by a second reader.',
    mend: 'Keep the serialized bytes in the history and send those; put nothing into them that changes with the connection.',
    judge: judgeIdentity,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
