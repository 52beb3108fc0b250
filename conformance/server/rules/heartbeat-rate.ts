/** HEARTBEAT-001 to HEARTBEAT-004: when heartbeats come. */
import { secondsOfHeader, secondsOfMember } from '../../evidence/declared.js';
import type { ConnectionView } from '../../evidence/types.js';
import { placeOf, type RuleBook, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import type { WireEvent } from '../../wire/types.js';
import { EVERY_STREAM, type Finding, inMs, judgeAll, overParts, tellsTime } from './rule-shapes.js';
import { terminalOf } from './streams.js';

const FIRST_WITHIN_MS = 1000;

/** A heartbeat that was late itself tells little of when the next is due: so many are looked at. */
const STEADYING = 3;

const LONG_ENOUGH = 'Give the URL of an endpoint whose stream lasts longer than two heartbeat intervals.';

/** Header and heartbeat may differ (HEARTBEAT-008): the rate is held to the kinder of the two. Milliseconds. */
function intervalsOf(connection: ConnectionView): { readonly shortestMs: number; readonly longestMs: number } {
  const [heartbeat] = connection.events('heartbeat');
  const inBand = heartbeat === undefined ? undefined : connection.json(heartbeat)?.heartbeat_interval;
  const declared = [secondsOfHeader(connection.header('x-heartbeat-interval')), secondsOfMember(inBand)].filter(
    (seconds) => seconds !== undefined,
  );
  const seconds = declared.length === 0 ? [connection.declared.heartbeatInterval] : declared;
  return { shortestMs: 1000 * Math.min(...seconds), longestMs: 1000 * Math.max(...seconds) };
}

/** Until when heartbeats were due: the terminal event stops them, and what the kit did not read it did not see. */
function horizonMs(connection: ConnectionView): number {
  const terminal = terminalOf(connection);
  if (terminal !== undefined) {
    return terminal.atMs;
  }
  const last = connection.events().at(-1);
  return connection.reading.stopped && last !== undefined ? last.atMs : connection.end.atMs;
}

function* judgeFirst(connection: ConnectionView): Iterable<Sighting> {
  if (!tellsTime(connection)) {
    return;
  }
  const [first] = connection.events('heartbeat');
  const expected = `a heartbeat at most ${FIRST_WITHIN_MS} ms after the request, ${LATE_MS} ms of grace`;
  if (first !== undefined) {
    const afterMs = first.atMs - connection.sentAtMs;
    yield sighting(
      afterMs <= FIRST_WITHIN_MS + LATE_MS,
      placeOf(connection, first),
      () => expected,
      () => `the first after ${inMs(afterMs)}`,
    );
    return;
  }
  const openMs = connection.end.atMs - connection.sentAtMs;
  // On one that was over sooner, the first event without a heartbeat before it is HEARTBEAT-002's finding.
  if (openMs > FIRST_WITHIN_MS + LATE_MS) {
    yield wrong(placeOf(connection), expected, `none in the ${inMs(openMs)} of the connection`);
  }
}

function* judgeOpening(connection: ConnectionView): Iterable<Sighting> {
  const [opening] = connection.events();
  if (opening !== undefined) {
    yield sighting(
      opening.type === 'heartbeat',
      placeOf(connection, opening),
      () => 'a heartbeat as the first event of the connection',
      () => `${opening.type} as the first event`,
    );
  }
}

function* lateHeartbeats(connection: ConnectionView): Iterable<Finding & { readonly event?: WireEvent }> {
  const boundMs = 1.5 * intervalsOf(connection).longestMs + 500;
  const expected = `at most ${inMs(boundMs)} between two heartbeats, ${LATE_MS} ms of grace`;
  const heartbeats = connection.events('heartbeat');
  for (const [index, heartbeat] of heartbeats.entries()) {
    const next = heartbeats[index + 1];
    const gapMs = (next?.atMs ?? horizonMs(connection)) - heartbeat.atMs;
    if (gapMs > boundMs + LATE_MS) {
      const what = next === undefined ? 'no further one came' : 'the next came';
      yield { expected, actual: `${inMs(gapMs)} in which ${what}`, event: next ?? heartbeat };
    }
  }
}

/**
 * What is delayed on the way arrives closer to what follows: the time by which a heartbeat was late is added again
 * before its distance to the next is judged.
 */
function* hastyHeartbeats(connection: ConnectionView): Iterable<Finding & { readonly event: WireEvent }> {
  const { shortestMs } = intervalsOf(connection);
  const heartbeats = connection.events('heartbeat');
  for (const [index, heartbeat] of heartbeats.entries()) {
    const earlier = heartbeats[index - 1];
    if (earlier !== undefined) {
      const gapMs = heartbeat.atMs - earlier.atMs;
      const lateMs = lateBy(heartbeats, index - 1, connection.sentAtMs, shortestMs);
      if (gapMs + lateMs < 0.5 * shortestMs - EARLY_MS) {
        yield {
          expected: `at least ${inMs(0.5 * shortestMs)} between two heartbeats, less ${EARLY_MS} ms`,
          actual: inMs(gapMs),
          event: heartbeat,
        };
      }
    }
  }
}

/** By how much a heartbeat came later than the ones shortly before it, or the request, let expect. */
function lateBy(heartbeats: readonly WireEvent[], index: number, sentAtMs: number, intervalMs: number): number {
  const atMs = heartbeats[index]?.atMs ?? 0;
  const due = heartbeats
    .slice(Math.max(0, index - STEADYING), index)
    .map((before, place, all) => before.atMs + (all.length - place) * intervalMs);
  const first = index <= STEADYING ? [sentAtMs + index * intervalMs] : [];
  return Math.max(0, ...[...due, ...first].map((dueMs) => atMs - dueMs));
}

export const heartbeatRate = {
  'HEARTBEAT-001': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The time from sending a request to the first heartbeat of its answer.',
      occasion: 'Give the URL of an endpoint that answers with an event stream and keeps it open for at least 1.5 s.',
      mend: 'Write the header and a heartbeat at once, before the generator is asked; flush both.',
      timed: true,
    },
    judgeFirst,
  ),
  'HEARTBEAT-002': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The type of the first event of every connection.',
      occasion: 'Give the URL of an endpoint that answers with an event stream.',
      mend: 'Write the heartbeat together with the header, before replay and before content.',
    },
    judgeOpening,
  ),
  'HEARTBEAT-003': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The time between neighbouring heartbeats, and from the last one to the end of the stream.',
      occasion: LONG_ENOUGH,
      mend: 'Run a timer per connection from its first heartbeat to its end, whatever else flows.',
      timed: true,
    },
    function* (connection) {
      if (tellsTime(connection)) {
        yield* judgeAll(connection, lateHeartbeats(connection), connection.events('heartbeat').length > 1);
      }
    },
  ),
  'HEARTBEAT-004': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The time between neighbouring heartbeats.',
      occasion: LONG_ENOUGH,
      mend: 'Start the timer of a connection at its first heartbeat instead of sharing one between connections.',
      timed: true,
    },
    function* (connection) {
      if (tellsTime(connection)) {
        yield* judgeAll(connection, hastyHeartbeats(connection), connection.events('heartbeat').length > 1);
      }
    },
  ),
} satisfies RuleBook<'server', 'HEARTBEAT'>;
