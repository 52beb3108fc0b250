/** END-001: whether a stream that its server closed without a terminal event is over all the same. */
import type { ConnectionView } from '../../evidence/types.js';
import { placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { refusesForOtherReasons } from './http-answers.js';
import { inMs } from './rule-shapes.js';
import { capOf } from './stream-counts.js';
import { idsOn, numberedOn, type Stream } from './streams.js';
import { endsUnseen } from './tails.js';

/** As many resumptions in a row that bring nothing new are no rotation. */
const VAIN_RESUMPTIONS = 3;

/** A close this soon after the head of the answer waits for nothing. */
const AT_ONCE_MS = 250;

/**
 * A connection that closed early is legal (CAP-004): what the resumptions of `read-through` found decides, and at the latest
 * the cap. A terminal event that only lacks its blank line or its type is EVENT-030's or EVENT-005's finding.
 */
export function* judgeTerminal(stream: Stream): Iterable<Sighting> {
  const { terminal, creator, scenario } = stream;
  if (terminal !== undefined) {
    yield right(placeOf(terminal.connection, terminal.event));
    return;
  }
  if (scenario.scenario !== 'read-through' || creator === undefined || endsUnseen(stream)) {
    return;
  }
  const over = creator.end.by === 'target' ? (overBecauseRefused(stream) ?? overBecauseSilent(stream)) : undefined;
  const reason = over ?? overBecauseLate(stream);
  if (reason !== undefined) {
    yield wrong(placeOf(creator, creator.events().at(-1)), 'complete or error as the last event of the stream', reason);
  }
}

/** The server itself says that nothing is left, or that it does not know the stream any more. */
function overBecauseRefused({ connections, creator }: Stream): string | undefined {
  for (const later of connections) {
    const { status } = later;
    if (later === creator || status === null || later.sentAtMs < (creator?.end.atMs ?? 0)) {
      continue;
    }
    const code = later.refusal === undefined ? undefined : later.json(later.refusal)?.code;
    if (code === 'unknown_cursor') {
      return `the server closed without one, and answered ${later.label} with unknown_cursor`;
    }
    if (status === 204 || (status >= 400 && status < 500 && !refusesForOtherReasons(status))) {
      return `the server closed without one, and answered ${later.label} with status ${status}`;
    }
  }
  return undefined;
}

function overBecauseSilent(stream: Stream): string | undefined {
  const { creator, connections, parts, restarts } = stream;
  const content = creator?.events().some(({ type }) => type !== 'heartbeat') ?? false;
  const carried = [...parts, ...restarts].filter((part) => part !== creator);
  if (carried.length === 0 && connections.length === 1 && creator?.end.kind === 'eof' && content) {
    const numbered = creator.events().some(({ id }) => id !== null);
    return numbered ? undefined : 'the server closed without one, and no event had an id to resume from';
  }
  const known = new Set(creator === undefined ? [] : idsOn(creator));
  let vain: ConnectionView[] = [];
  for (const part of [...carried].sort((one, other) => one.sentAtMs - other.sentAtMs)) {
    const fresh = numberedOn(part).some(({ id }) => !known.has(id));
    for (const id of idsOn(part)) {
      known.add(id);
    }
    vain = fresh || part.end.by !== 'target' ? [] : [...vain, part];
  }
  const telling = vain.filter((part) => repeatsOrFlees(part));
  return telling.length >= VAIN_RESUMPTIONS
    ? `the server closed without one, and closed ${telling.length} resumptions in a row without a new event`
    : undefined;
}

/** Content that is not new, or a close before anything could come: neither is a server waiting for its generator. */
function repeatsOrFlees(part: ConnectionView): boolean {
  const openMs = part.end.atMs - (part.response?.atMs ?? part.sentAtMs);
  return part.events().some(({ type }) => type === 'content_chunk' || type === 'message') || openMs < AT_ONCE_MS;
}

function overBecauseLate(stream: Stream): string | undefined {
  const { created, connections } = stream;
  const cap = capOf(stream);
  const last = connections.at(-1);
  if (created === undefined || cap === undefined || last === undefined) {
    return undefined;
  }
  const ageMs = last.end.atMs - created.latestMs;
  const newest = stream.arrivals.get(stream.highestId)?.event.atMs ?? 0;
  // Events that still come past the cap are CAP-001's finding.
  const stillRuns = newest - created.latestMs > cap.mostMs;
  return ageMs > cap.mostMs + 1000 + LATE_MS && !stillRuns
    ? `none within ${inMs(ageMs)} of the creation, beyond the cap of ${inMs(cap.mostMs)}, and no other event past it`
    : undefined;
}
