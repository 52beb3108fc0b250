/** Rules on servers of the chapter on the duration cap. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, right, type Sighting, serverRules, sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { inMs, tellsTime } from './rule-shapes.js';
import { capOf } from './stream-counts.js';
import { numberedOn, type Stream, streamsOf, terminalOf } from './streams.js';
import { endsUnseen } from './tails.js';

/** CAP-001: the terminal event comes no later than this after the cap. */
const WITHIN_MS = 1000;

/** In these scenarios connections end for reasons of their own. */
const DISTURBED = ['slow-reader', 'shutdown', 'limit'];

const REACH_IT = 'Give a URL whose stream lasts until its declared cap: `--occasion cap=URL`.';

/** A stream whose creation was seen and whose cap is declared, and what became of it by the kit's clock. */
interface Life {
  readonly stream: Stream;
  readonly creator: ConnectionView;
  readonly cap: { readonly leastMs: number; readonly mostMs: number };
  readonly bornMs: { readonly earliestMs: number; readonly latestMs: number };
  /** Connections beside the creator's that were opened before the stream ended or reached its cap. */
  readonly others: readonly ConnectionView[];
  readonly end: { readonly connection: ConnectionView; readonly atMs: number; readonly reason: string } | undefined;
}

function livesIn(evidence: Evidence): readonly Life[] {
  return streamsOf(evidence).flatMap((stream) => {
    const { creator, created, scenario, terminal } = stream;
    const cap = capOf(stream);
    if (creator === undefined || created === undefined || cap === undefined || DISTURBED.includes(scenario.scenario)) {
      return [];
    }
    const overMs = Math.min(terminal?.event.atMs ?? Number.POSITIVE_INFINITY, created.earliestMs + cap.leastMs);
    const others = stream.parts.filter((part) => part !== creator && part.sentAtMs < overMs);
    const end =
      terminal === undefined ? undefined : { ...terminal, atMs: terminal.event.atMs, reason: reasonOf(stream) };
    return [{ stream, creator, cap, bornMs: created, others, end }];
  });
}

/** The reason of the `complete` that ended the stream; the type of another terminal event. */
function reasonOf({ terminal }: Stream): string {
  if (terminal?.event.type !== 'complete') {
    return terminal?.event.type ?? '';
  }
  return String(terminal.connection.json(terminal.event)?.reason);
}

/** Age of the stream at a time, the least that it can have been. */
function ageMs({ bornMs }: Life, atMs: number): number {
  return atMs - bornMs.latestMs;
}

function lastCallMs({ cap }: Life): number {
  return cap.mostMs + WITHIN_MS + LATE_MS;
}

function expectedEnd({ cap }: Life): string {
  return `complete with reason duration_cap at most ${inMs(cap.mostMs + WITHIN_MS)} after the creation, ${LATE_MS} ms of grace`;
}

/** A stream that ended with another reason is judged only where it cannot have ended of itself just before the cap. */
function outlivedCap(life: Life, atMs: number): boolean {
  const asserted = life.stream.scenario.occasion === 'cap';
  return ageMs(life, atMs) > life.cap.mostMs + (asserted ? -EARLY_MS : LATE_MS);
}

/** Streams that one reader followed from their creation to their end: connections that come and go are CAP-002's. */
function* judgeEnd(evidence: Evidence): Iterable<Sighting> {
  for (const life of livesIn(evidence)) {
    if (life.others.length === 0 && tellsTime(life.creator) && !endsUnseen(life.stream)) {
      yield* life.end === undefined ? judgeEndless(life) : judgeEnding(life, life.end.reason);
    }
  }
}

function* judgeEnding(life: Life, reason: string): Iterable<Sighting> {
  const { creator } = life;
  const event = terminalOf(creator);
  // An end that only a later connection brought was written in time or not: its arrival does not tell.
  if (event === undefined) {
    return;
  }
  const age = ageMs(life, event.atMs);
  if (reason === 'duration_cap') {
    const inTime = age <= lastCallMs(life);
    yield sighting(
      inTime,
      placeOf(creator, event),
      () => expectedEnd(life),
      () => `after ${inMs(age)}`,
    );
  } else if (reason !== 'cancelled' && outlivedCap(life, event.atMs)) {
    yield wrong(placeOf(creator, event), expectedEnd(life), `${reason} after ${inMs(age)}`);
  }
}

/** A connection may close early, but one that closes just at the cap has a stream that reached it. */
function* judgeEndless(life: Life): Iterable<Sighting> {
  const { creator, cap } = life;
  const openMs = ageMs(life, creator.end.atMs);
  const closed = creator.end.by === 'target';
  if (openMs > lastCallMs(life) || (closed && openMs >= cap.mostMs - EARLY_MS)) {
    const what = closed ? 'closed by the server' : 'still open';
    yield wrong(placeOf(creator), expectedEnd(life), `${what} after ${inMs(openMs)}, no terminal event`);
  }
}

/** By how much single-reader streams of this target overran their cap, the most of them; undefined where none was seen. */
function usualOverrunMs(lives: readonly Life[]): number | undefined {
  const overruns = lives
    .filter(({ others, end, creator }) => others.length === 0 && end?.connection === creator)
    .flatMap((life) => (life.end?.reason === 'duration_cap' ? [ageMs(life, life.end.atMs) - life.cap.mostMs] : []));
  return overruns.length === 0 ? undefined : Math.max(...overruns);
}

/** True where single-reader streams of this target were seen to run past their cap: that is CAP-001's finding. */
function ignoresCap(lives: readonly Life[]): boolean {
  return lives.some(
    (life) =>
      life.others.length === 0 && life.end === undefined && ageMs(life, life.creator.end.atMs) > lastCallMs(life),
  );
}

function* judgeReconnection(evidence: Evidence): Iterable<Sighting> {
  const lives = livesIn(evidence);
  const usualMs = usualOverrunMs(lives);
  const unbounded = ignoresCap(lives);
  for (const life of lives) {
    // A connection soon after the creation cannot show whose clock the cap runs on.
    const late = life.others.filter((part) => tellsTime(part) && ageMs(life, part.sentAtMs) >= life.cap.mostMs / 4);
    const newest = late.at(-1);
    if (newest === undefined) {
      continue;
    }
    const { end } = life;
    if (end === undefined) {
      const openMs = ageMs(life, newest.end.atMs);
      // A connection that brings nothing more shows no extension: REPLAY-009 speaks of it.
      const lastAtMs = numberedOn(newest).at(-1)?.event.atMs ?? 0;
      const runs = ageMs(life, lastAtMs) > life.cap.mostMs;
      if (openMs > lastCallMs(life) && runs && !unbounded) {
        yield wrong(placeOf(newest), expectedEnd(life), `no terminal event after ${inMs(openMs)}`);
      }
    } else if (end.reason === 'duration_cap' || outlivedCap(life, end.atMs)) {
      yield* judgeExtension(life, late, end.atMs, usualMs, newest);
    }
  }
}

/**
 * A cap that began again with a later connection ends a full cap after that connection's request. The whole second that
 * CAP-001 allows can look the same where the cap is short: the overrun is held to that of streams with one reader.
 */
function* judgeExtension(
  life: Life,
  late: readonly ConnectionView[],
  endedAtMs: number,
  usualMs: number | undefined,
  newest: ConnectionView,
): Iterable<Sighting> {
  const overrunMs = ageMs(life, endedAtMs) - life.cap.mostMs;
  const restarted = late.find(
    (part) =>
      usualMs !== undefined &&
      endedAtMs - part.sentAtMs >= life.cap.mostMs - EARLY_MS &&
      overrunMs > usualMs + ageMs(life, part.sentAtMs) / 2,
  );
  const tooLate = usualMs === undefined && overrunMs > WITHIN_MS + LATE_MS;
  if (restarted !== undefined || tooLate) {
    const since = restarted ?? newest;
    yield wrong(
      placeOf(since, terminalOf(since)),
      `the end of the stream ${inMs(life.cap.mostMs)} after its creation`,
      `${inMs(life.cap.mostMs + overrunMs)} after it, ${inMs(endedAtMs - since.sentAtMs)} after the request of ${since.label}`,
    );
  } else if (life.end?.reason === 'duration_cap') {
    yield right(placeOf(newest, terminalOf(newest)));
  }
}

/** Arriving late makes a stream look older: what came too soon even so was sent too soon. */
function* judgeTooSoon(evidence: Evidence): Iterable<Sighting> {
  for (const { end, cap, bornMs, stream } of livesIn(evidence)) {
    if (end?.reason === 'duration_cap') {
      const oldestMs = end.atMs - bornMs.earliestMs;
      yield sighting(
        oldestMs >= cap.leastMs - EARLY_MS,
        placeOf(end.connection, stream.terminal?.event),
        () => `no duration_cap before ${inMs(cap.leastMs)}, less ${EARLY_MS} ms`,
        () => `duration_cap at most ${inMs(oldestMs)} after the creation`,
      );
    }
  }
}

export const cap = serverRules('CAP', {
  'CAP-001': {
    from: ['cap'],
    observes: 'How and when a stream that lasts until its cap ends, read on one connection.',
    occasion: REACH_IT,
    mend: 'Set one timer per stream at its creation; when it fires, append `complete` with `duration_cap` and close.',
    timed: true,
    judge: judgeEnd,
  },
  'CAP-002': {
    from: ['cap-reconnect', 'cap'],
    observes: 'When a stream whose reader was replaced in the middle ends, beside its creation and the new request.',
    occasion: REACH_IT,
    mend: 'Keep the instant of creation with the stream, not with the connection, and never set it again.',
    timed: true,
    judge: judgeReconnection,
  },
  'CAP-003': {
    from: ['cap', 'cap-reconnect'],
    observes: 'The age of a stream at its `duration_cap`, the most it can have been.',
    occasion: REACH_IT,
    mend: 'Declare the cap that is enforced; end a stream that has to stop earlier with an `error` or a reason of your own.',
    timed: true,
    judge: judgeTooSoon,
  },
});
