/** The shapes that most rules on servers have: over event streams, over parts of streams, over streams, over events. */
import type { ConnectionView } from '../../evidence/types.js';
import { placeOf, type Rule, right, type Sighting, wrong } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { type Stream, streamsOf } from './streams.js';

/** All of a rule but its judging. */
export type About = Omit<Rule, 'judge'>;

/** Scenarios that give the occasion to every rule about streams in general. */
export const EVERY_STREAM: readonly string[] = ['read-through', 'cut-and-resume', 'readers', 'after-the-end', 'cap'];

/** The hint for rules that any stream gives an occasion to. */
export const ANY_STREAM = 'Give the URL of an endpoint that answers with an event stream of at least one event.';

/** Findings listed of one connection: more of the same tell nothing new. */
const MOST_WRONG = 3;

/** Over every answer that is an event stream and sent an event, refusals of a cursor included. */
export function overEventStreams(about: About, look: (connection: ConnectionView) => Iterable<Sighting>): Rule {
  return {
    ...about,
    *judge(evidence) {
      for (const connection of evidence.connections()) {
        if (connection.isEventStream && connection.events().length > 0) {
          yield* look(connection);
        }
      }
    },
  };
}

/** Over every connection that carries a part of a stream. */
export function overParts(about: About, look: (connection: ConnectionView) => Iterable<Sighting>): Rule {
  return overEventStreams(about, (connection) => (connection.carriesStream ? look(connection) : []));
}

/** Over every stream of which a part was carried. */
export function overStreams(about: About, look: (stream: Stream) => Iterable<Sighting>): Rule {
  return {
    ...about,
    *judge(evidence) {
      for (const stream of streamsOf(evidence)) {
        if (stream.parts.length > 0) {
          yield* look(stream);
        }
      }
    },
  };
}

/** What is asked for and what came. */
export interface Finding {
  readonly expected: string;
  readonly actual: string;
}

/** Wrong for the first few events that `check` faults, else right once; nothing where there is no event. */
export function* judgeEach(
  connection: ConnectionView,
  events: Iterable<WireEvent>,
  check: (event: WireEvent) => Finding | undefined,
): Iterable<Sighting> {
  let last: WireEvent | undefined;
  let wrongs = 0;
  for (const event of events) {
    last = event;
    const finding = check(event);
    if (finding !== undefined) {
      yield wrong(placeOf(connection, event), finding.expected, finding.actual);
      wrongs += 1;
      if (wrongs === MOST_WRONG) {
        return;
      }
    }
  }
  if (last !== undefined && wrongs === 0) {
    yield right(placeOf(connection, last));
  }
}

/** Wrong for the first few findings, else right at `place` where there was an occasion. */
export function* judgeAll(
  connection: ConnectionView,
  findings: Iterable<Finding & { readonly event?: WireEvent }>,
  occasion: boolean,
): Iterable<Sighting> {
  let wrongs = 0;
  for (const { expected, actual, event } of findings) {
    yield wrong(placeOf(connection, event), expected, actual);
    wrongs += 1;
    if (wrongs === MOST_WRONG) {
      return;
    }
  }
  if (wrongs === 0 && occasion) {
    yield right(placeOf(connection));
  }
}

/**
 * False where the arrival of bytes says nothing about their sending: the kit itself did not read (slow-reader), or
 * asked for a compression, whose flushing HTTP-019 is about.
 */
export function tellsTime(connection: ConnectionView): boolean {
  const { scenario, label } = connection;
  const paused = scenario === 'slow-reader' && label === 'slow';
  return !paused && !(scenario === 'compression' && connection.header('content-encoding') !== undefined);
}

/** Milliseconds for a finding, whole. */
export function inMs(ms: number): string {
  return `${Math.round(ms)} ms`;
}
