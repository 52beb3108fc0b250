/** Whether a connection answers from the stream that exists, or from a second generation under the same name. */
import type { ConnectionView } from '../../evidence/types.js';
import { arrivalsOf, cursorOf, newestBefore, type StreamGroup } from './http-streams.js';

export interface Joined {
  readonly verdict: 'same' | 'second' | 'unknown';
  /** What told a second generation, for a finding. */
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
function birthOf(connection: ConnectionView): { bornAtMs: number; ageMs: number; atMs: number } | undefined {
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
  if (first === undefined || later === undefined || gapMs < (whole ? 2500 : 300)) {
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

/** How long the events up to `known` took to come, beside how long their generation took. */
function paceOfReplay(creator: ConnectionView, joining: ConnectionView, known: number): Sign {
  const cursor = cursorOf(joining);
  const first = arrivalsOf(creator);
  const later = arrivalsOf(joining);
  const from = cursor === 0 ? creator.response?.atMs : first.get(cursor)?.atMs;
  const made = first.get(known)?.atMs;
  const replayed = later.get(known)?.atMs;
  const head = joining.response?.atMs;
  if (from === undefined || made === undefined || replayed === undefined || head === undefined || known <= cursor) {
    return undefined;
  }
  const generationMs = made - from;
  if (generationMs < 600) {
    return undefined;
  }
  const replayMs = replayed - head;
  if (replayMs >= generationMs * 0.7) {
    return true;
  }
  return replayMs <= generationMs * 0.4 ? false : undefined;
}

/** Whether events that nobody had when the connection began came to both readers at the same time. */
function paceOfLive(creator: ConnectionView, joining: ConnectionView, known: number): Sign {
  const gapMs = joining.sentAtMs - creator.sentAtMs;
  const first = arrivalsOf(creator);
  const delays: number[] = [];
  for (const [id, event] of arrivalsOf(joining)) {
    const match = id > known ? first.get(id) : undefined;
    if (match !== undefined) {
      delays.push(event.atMs - match.atMs);
    }
  }
  const median = delays.sort((one, other) => one - other)[delays.length >> 1];
  if (median === undefined || delays.length < 3 || gapMs < 120) {
    return undefined;
  }
  if (median >= gapMs * 0.7 && median <= gapMs * 1.5 + 200) {
    return true;
  }
  return Math.abs(median) <= gapMs * 0.3 ? false : undefined;
}
