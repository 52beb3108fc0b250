/** HTTP-029 to HTTP-031: one generation a stream, which readers join and leave, and which DELETE ends. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { carriesPart, describeAnswer, quote, refusesForOtherReasons } from './http-answers.js';
import { compareWithCreator } from './http-generation.js';
import { cursorOf, newestOf, requestedId, type StreamGroup, statedId, streamsOf } from './http-streams.js';

/** Scenarios in which several connections name one stream of one principal. */
const JOINING = ['readers', 'cut-and-resume', 'replay-cut', 'after-the-end', 'cap-reconnect', 'compression', 'create'];

/** Scenarios in which the only reader of a running stream goes away and another comes. */
const LEAVING = ['cut-and-resume', 'replay-cut', 'cap-reconnect'];

/** Scenarios in which a reader stays to the end. */
const STEADY = ['read-through', 'readers', 'bad-cursor'];

interface Join {
  readonly group: StreamGroup;
  readonly joining: ConnectionView;
  readonly verdict: 'same' | 'second' | 'unknown';
  readonly signs: readonly string[];
  /** Sent when nobody read the stream any more. */
  readonly alone: boolean;
}

function joinsIn(evidence: Evidence): readonly Join[] {
  return streamsOf(evidence, JOINING).flatMap((group) => {
    const alone = afterTheCut(group);
    return group.parts
      .filter((part) => part !== group.creator && part.request.method === 'GET')
      .map((joining) => ({ group, joining, ...compareWithCreator(group, joining), alone: alone.includes(joining) }));
  });
}

/** True where a stream with readers is joined, so that it is their absence that makes a stream begin again. */
function joinsBesideReaders(joins: readonly Join[]): boolean {
  const beside = joins.filter(({ alone }) => !alone);
  return beside.some(({ verdict }) => verdict === 'same') && !beside.some(({ verdict }) => verdict === 'second');
}

function* judgeJoin(evidence: Evidence): Iterable<Sighting> {
  const joins = joinsIn(evidence);
  const excused = joinsBesideReaders(joins);
  for (const { group, joining, verdict, signs, alone } of joins) {
    // A stream that was dropped with its last reader is the matter of HTTP-030.
    if (verdict === 'unknown' || (verdict === 'second' && alone && excused)) {
      continue;
    }
    yield sighting(
      verdict === 'same',
      placeOf(joining),
      () => `an answer from the stream that ${group.creator.label} created`,
      () => `a second generation: ${signs.join('; ')}`,
    );
  }
}

/** The reason of the `complete` that a connection carries; undefined where it carries none. */
function reasonOf(connection: ConnectionView): string | undefined {
  const { terminal } = connection;
  const reason = terminal?.type === 'complete' ? connection.json(terminal)?.reason : undefined;
  return typeof reason === 'string' ? reason : undefined;
}

/** What streams of this target do while a reader stays: the measure for one whose reader left. */
interface Habit {
  /** A resumed connection beside other readers got events past its cursor, to the end. */
  readonly resumes: boolean;
  /** Streams end by a terminal event. */
  readonly ends: boolean;
  /** Streams end by `complete`. */
  readonly completes: boolean;
  /** Least terminal id of those. */
  readonly shortest: number;
}

function habitOf(evidence: Evidence): Habit {
  const steady = evidence.connections(STEADY).filter(carriesPart);
  const whole = steady.filter((connection) => connection.terminal?.type === 'complete');
  return {
    resumes: whole.some((connection) => cursorOf(connection) > 0 && newestOf(connection) > cursorOf(connection)),
    ends: steady.some((connection) => connection.terminal !== undefined),
    completes: whole.length > 0,
    shortest: whole.length === 0 ? 0 : Math.min(...whole.map(newestOf)),
  };
}

/** Ways in which a stream that a reader left may have been ended, as a finding says them; undefined for none. */
function cancellationSeen(
  later: ConnectionView,
  cursor: number,
  habit: Habit,
  comparable: boolean,
): string | undefined {
  const { status, terminal } = later;
  if (terminal !== undefined && reasonOf(later) === 'cancelled') {
    return `complete with the reason cancelled after id ${cursor}`;
  }
  const soon = newestOf(later) <= cursor + 2;
  // One that went on unread and failed later failed by itself.
  if (terminal?.type === 'error' && habit.completes && soon) {
    return `error with the code ${quote(String(later.json(terminal)?.code))} after id ${cursor}`;
  }
  const early = soon && habit.shortest >= 2 * (cursor + 2);
  if (terminal !== undefined && early && comparable && reasonOf(later) !== 'duration_cap') {
    return `the end of the stream at id ${newestOf(later)}; with a reader it went on to ${habit.shortest}`;
  }
  // Only where resuming works at all beside other readers is it the reader's absence that ended the stream.
  if (!habit.resumes || cursorOf(later) === 0) {
    return undefined;
  }
  if (later.refusal !== undefined && later.json(later.refusal)?.code === 'unknown_cursor') {
    return 'the stream is no longer known (unknown_cursor)';
  }
  if (status !== null && [204, 404, 410].includes(status)) {
    return `the stream is no longer there (${describeAnswer(later)})`;
  }
  const silent = carriesPart(later) && terminal === undefined && newestOf(later) <= cursorOf(later);
  const waited = later.end.by === 'target' || later.end.atMs - later.sentAtMs > 1000 * later.declared.maxSeconds;
  return silent && waited ? `no event after id ${cursor}, and no end` : undefined;
}

function* judgeLeaving(evidence: Evidence): Iterable<Sighting> {
  const habit = habitOf(evidence);
  const joins = joinsIn(evidence);
  const excused = joinsBesideReaders(joins);
  for (const group of streamsOf(evidence, LEAVING)) {
    for (const later of afterTheCut(group)) {
      const before = group.parts.filter((part) => part !== later && part.end.atMs <= later.sentAtMs);
      const cursor = Math.max(0, ...before.map(newestOf));
      const again = joins.find(({ joining }) => joining === later)?.verdict === 'second';
      if (cursor === 0 || (again && !excused)) {
        continue;
      }
      // The length of another occasion's streams is no measure.
      const comparable = group.scenario.occasion === null;
      const seen = again
        ? 'the stream began again; with a reader it goes on'
        : cancellationSeen(later, cursor, habit, comparable);
      if (seen !== undefined) {
        yield wrong(placeOf(later), `a stream that goes on while nobody reads, past id ${cursor}`, seen);
      } else if (carriesPart(later) && newestOf(later) > cursor) {
        yield right(placeOf(later));
      }
    }
  }
}

/** GETs for the stream, refused ones included, that were sent when the kit had closed all its readers mid-stream. */
function afterTheCut(group: StreamGroup): readonly ConnectionView[] {
  const { scenario, parts, name } = group;
  return scenario.connections.filter((later) => {
    const earlier = parts.filter((part) => part !== later && part.sentAtMs < later.sentAtMs);
    const gone = earlier.filter((part) => part.end.atMs <= later.sentAtMs);
    const left = gone.filter((part) => part.end.by === 'kit' && part.terminal === undefined);
    return (
      later.request.method === 'GET' &&
      (parts.includes(later) || (name !== null && requestedId(later, scenario) === name)) &&
      left.length > 0 &&
      !gone.some((part) => part.terminal !== undefined) &&
      // Those that are sent together find the stream equally alone.
      earlier.every((part) => gone.includes(part) || part.sentAtMs > Math.max(...gone.map((cut) => cut.end.atMs)))
    );
  });
}

function* judgeDelete(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('cancel');
  const first = scenario?.connection('first');
  const cancel = scenario?.connection('delete');
  if (scenario === undefined || first === undefined || cancel === undefined || !carriesPart(first)) {
    return;
  }
  const { status } = cancel;
  const over = first.terminal !== undefined && first.terminal.atMs <= cancel.sentAtMs;
  const asked = requestedId(first, scenario);
  // Under an id that the server did not take, the DELETE names no stream (HTTP-028).
  const unnamed = asked !== undefined && statedId(first) !== undefined && statedId(first) !== asked;
  if (status === null || refusesForOtherReasons(status) || over || unnamed) {
    return;
  }
  const witnesses = [first, scenario.connection('after-cancel')].filter((part) => part?.terminal !== undefined);
  // Readers that are told different ends are the matter of END-006.
  const witness = witnesses.find((part) => part !== undefined && reasonOf(part) === 'cancelled') ?? witnesses[0];
  const expected = 'complete with the reason cancelled, at the DELETE';
  if (witness?.terminal !== undefined) {
    const reason = reasonOf(witness);
    if (!cappedBefore(witness, cancel) && (reason !== 'done' || !endedByItself(evidence, witness, cancel))) {
      yield sighting(
        reason === 'cancelled',
        placeOf(witness, witness.terminal),
        () => expected,
        () =>
          `${witness.terminal?.type} ${reason === undefined ? '' : `with the reason ${quote(reason)} `}(DELETE: ${describeAnswer(cancel)})`,
      );
    }
  } else if (isOver(first) && isOver(scenario.connection('after-cancel') ?? first) && habitOf(evidence).ends) {
    // Streams of which none ever ends are the matter of END-001.
    yield wrong(
      placeOf(first),
      expected,
      `the connection closed without a terminal event (DELETE: ${describeAnswer(cancel)})`,
    );
  }
}

/** Closed by the target, with nothing unfinished at its end: that is the matter of EVENT-030. */
function isOver({ end, reading }: ConnectionView): boolean {
  return end.by === 'target' && reading.tail === null;
}

/** True where the stream had come to its cap by the time the DELETE was answered: it tells nothing. */
function cappedBefore(witness: ConnectionView, cancel: ConnectionView): boolean {
  const answeredMs = cancel.response?.atMs ?? cancel.end.atMs;
  const ageMs = answeredMs + LATE_MS / 5 - witness.sentAtMs;
  return reasonOf(witness) === 'duration_cap' && ageMs >= witness.declared.maxSeconds * 1000;
}

/** True where a stream as long as others had come to its own end before the DELETE was answered: it tells nothing. */
function endedByItself(evidence: Evidence, witness: ConnectionView, cancel: ConnectionView): boolean {
  const answeredMs = cancel.response?.atMs ?? cancel.end.atMs;
  const endedMs = witness.terminal?.atMs ?? 0;
  return endedMs <= answeredMs + LATE_MS / 5 && newestOf(witness) >= habitOf(evidence).shortest;
}

export const lifeRules = {
  'HTTP-029': {
    from: JOINING,
    observes: 'Clock, trace id, head id, content and pace on every further connection of a stream, beside the first.',
    occasion: 'Serve a stream of several events that a second GET with the same `stream_id` can join while it runs.',
    mend: 'Look the stream up by its id before generating: a GET of an existing one reads from its history, then goes on live.',
    timed: true,
    judge: judgeJoin,
  },
  'HTTP-030': {
    from: [...LEAVING, ...STEADY],
    observes: 'What the next reader finds after the only reader of a running stream went away.',
    occasion: 'Serve a stream that lasts at least a second past its third event and can be resumed.',
    mend: 'Run the generation apart from any connection; end it at its own end, at the cap or by DELETE alone.',
    judge: judgeLeaving,
  },
  'HTTP-031': {
    from: ['cancel', ...STEADY],
    observes: 'How a running stream ends after a DELETE of its URL.',
    occasion: 'Serve a stream that runs for at least a second after its second event.',
    mend: 'On DELETE stop the generation, append `complete` with `reason: cancelled` and the next id, then close all readers.',
    judge: judgeDelete,
  },
} satisfies RuleBook<'server', 'HTTP'>;
