/** Whether a connection answers from the stream that exists, or from a second generation under the same name. */
import type { ConnectionView } from '../../evidence/types.js';
import { arrivalsOf, cursorOf, newestBefore, type StreamGroup } from './http-streams.js';

export interface Joined {
  readonly verdict: 'same' | 'second' | 'unknown';
  /** What tells of a second generation, for a finding; empty where something speaks against it. */
  readonly signs: readonly string[];
}

/** True: speaks for a second generation. False: against it. Undefined: tells nothing. */
type Sign = boolean | undefined;

interface Signs {
  readonly clock: Sign;
  readonly trace: Sign;
  readonly head: Sign;
  readonly content: Sign;
  readonly pace: Sign;
}

/** The signs of a second generation, as a finding says them. */
function tell({ clock, trace, head, content, pace }: Signs): readonly string[] {
  return [
    ...(clock === true ? ['uptime_seconds began again'] : []),
    ...(trace === true ? ['another trace id in header and events'] : []),
    ...(head === true ? ['head_id is below what readers already had'] : []),
    ...(content === true ? ['other content under the same ids'] : []),
    ...(pace === true ? ['events that exist already came at the pace of a new generation'] : []),
  ];
}

/**
 * Each sign alone has another explanation, a broken counter or a careless replay: a second generation shows several.
 * The pace is the strongest, since what exists already can be sent at once.
 */
export function compareWithCreator(group: StreamGroup, joining: ConnectionView): Joined {
  const alone = compareAlone(group, joining);
  if (alone.verdict !== 'unknown' || alone.signs.length === 0 || cursorOf(joining) > 0) {
    return alone;
  }
  // What few signs tell of one reader is believed where another reader of the stream shows more of them.
  const others = group.parts.filter((part) => part !== joining && part !== group.creator);
  return others.some((part) => compareAlone(group, part).verdict === 'second')
    ? { ...alone, verdict: 'second' }
    : alone;
}

/**
 * True where a connection speaks of a second generation, or may: nothing speaks against it, and what else it shows, other
 * data under the same ids, has no other explanation.
 */
export function mayBeSecond(group: StreamGroup, joining: ConnectionView): boolean {
  const { verdict, signs } = compareWithCreator(group, joining);
  return verdict === 'second' || (verdict === 'unknown' && signs.length > 0);
}

function compareAlone(group: StreamGroup, joining: ConnectionView): Joined {
  const signs = signsOf(group, joining);
  const { clock, trace, head, content, pace } = signs;
  const strong = [trace, content, pace].filter((sign) => sign === true).length;
  const counters = clock === true || head === true;
  const against = [clock, trace, head].some((sign) => sign === false);
  const second =
    pace !== false && (strong > 1 || (strong === 1 && counters) || (pace === true && strong === 1 && !against));
  const told = tell(signs);
  if (second) {
    return { verdict: 'second', signs: told };
  }
  const same = pace === false || (against && told.length === 0);
  return same ? { verdict: 'same', signs: [] } : { verdict: 'unknown', signs: against ? [] : told };
}

function signsOf(group: StreamGroup, joining: ConnectionView): Signs {
  const others = group.parts.filter((part) => part !== joining);
  const known = Math.max(0, ...others.map((part) => newestBefore(part, joining.sentAtMs)));
  return {
    clock: clockSign(group.creator, joining),
    trace: traceSign(group.creator, joining),
    head: headSign(joining, known),
    content: contentSign(group.creator, joining),
    pace: paceOfReplay(group.creator, joining, known) ?? paceOfLive(group.creator, joining, known),
  };
}

/** When the stream began by the first heartbeat of a connection, and how old it calls itself there. */
export function birthOf(connection: ConnectionView): { bornAtMs: number; ageMs: number; atMs: number } | undefined {
  const [heartbeat] = connection.events('heartbeat');
  const uptime = heartbeat === undefined ? undefined : connection.json(heartbeat)?.uptime_seconds;
  return heartbeat === undefined || typeof uptime !== 'number'
    ? undefined
    : { bornAtMs: heartbeat.atMs - uptime * 1000, ageMs: uptime * 1000, atMs: heartbeat.atMs };
}

function clockSign(creator: ConnectionView, joining: ConnectionView): Sign {
  const gapMs = joining.sentAtMs - creator.sentAtMs;
  const first = birthOf(creator);
  const later = birthOf(joining);
  // Whole seconds are rounded: below this gap they tell nothing.
  const whole = [first, later].every((birth) => birth !== undefined && birth.ageMs % 1000 === 0);
  if (first === undefined || later === undefined || gapMs < (whole ? 2500 : 60)) {
    return undefined;
  }
  const shiftMs = later.bornAtMs - first.bornAtMs;
  const toleranceMs = Math.min(500, gapMs / 4);
  if (shiftMs >= gapMs - toleranceMs && later.ageMs <= later.atMs - joining.sentAtMs + toleranceMs) {
    return true;
  }
  return Math.abs(shiftMs) <= toleranceMs ? false : undefined;
}

function traceSign(creator: ConnectionView, joining: ConnectionView): Sign {
  const first = creator.header('x-trace-id');
  const later = joining.header('x-trace-id');
  if (first === undefined || later === undefined) {
    return undefined;
  }
  if (first === later) {
    return joining.requestHeader('x-trace-id') === later ? undefined : false;
  }
  const inEvents = joining.events().map((event) => joining.json(event)?.trace_id);
  return inEvents.length > 0 && inEvents.every((id) => id === later) ? true : undefined;
}

function headSign(joining: ConnectionView, known: number): Sign {
  const [first] = joining.events();
  const head = first?.type === 'heartbeat' ? joining.json(first)?.head_id : undefined;
  return typeof head === 'number' && known > 1 ? head < known : undefined;
}

function contentSign(creator: ConnectionView, joining: ConnectionView): Sign {
  const theirs = arrivalsOf(creator);
  for (const [id, event] of arrivalsOf(joining)) {
    const match = theirs.get(id);
    const here = joining.json(event)?.content;
    const there = match === undefined ? undefined : creator.json(match)?.content;
    if (typeof here === 'string' && typeof there === 'string' && here !== there) {
      return true;
    }
  }
  // Equal content shows nothing: a generation may be deterministic.
  return undefined;
}

/**
 * Over how long the events up to `known` came, beside how long their generation took. Their spread counts: what comes
 * late and all at once was only held up.
 */
function paceOfReplay(creator: ConnectionView, joining: ConnectionView, known: number): Sign {
  const cursor = cursorOf(joining);
  const generationMs = spreadOf(creator, cursor, known);
  const replayMs = spreadOf(joining, cursor, known);
  if (generationMs === undefined || replayMs === undefined || generationMs < 600) {
    return undefined;
  }
  if (replayMs >= generationMs * 0.7) {
    return true;
  }
  return replayMs <= generationMs * 0.4 ? false : undefined;
}

/** Time between the first event above the cursor and the one with the id `known`; undefined where either is missing. */
function spreadOf(connection: ConnectionView, cursor: number, known: number): number | undefined {
  const arrivals = arrivalsOf(connection);
  const first = arrivals.get(cursor + 1);
  const last = arrivals.get(known);
  return first === undefined || last === undefined ? undefined : last.atMs - first.atMs;
}

/**
 * Whether events that nobody had when the connection began came to both readers at the same time, or all of them later
 * by as much as the connection is younger.
 */
function paceOfLive(creator: ConnectionView, joining: ConnectionView, known: number): Sign {
  const gapMs = joining.sentAtMs - creator.sentAtMs;
  const first = arrivalsOf(creator);
  const common = [...arrivalsOf(joining)].flatMap(([id, event]) => {
    const match = id > known ? first.get(id) : undefined;
    return match === undefined ? [] : [{ atMs: event.atMs, delayMs: event.atMs - match.atMs }];
  });
  const delays = common.map(({ delayMs }) => delayMs).sort((one, other) => one - other);
  const [least, median, most] = [delays[0], delays[delays.length >> 1], delays.at(-1)];
  if (least === undefined || median === undefined || most === undefined || delays.length < 3 || gapMs < 120) {
    return undefined;
  }
  const spreadMs = (common.at(-1)?.atMs ?? 0) - (common[0]?.atMs ?? 0);
  // A reader that was held up catches up: its delays shrink, those of a second generation stay.
  if (least >= gapMs * 0.7 && most <= gapMs * 1.3 + 50 && spreadMs >= Math.max(gapMs, 300)) {
    return true;
  }
  return Math.abs(median) <= gapMs * 0.3 ? false : undefined;
}
