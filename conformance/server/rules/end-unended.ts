/** END-001: whether a stream that its server closed without a terminal event is over all the same. */
import type { ConnectionView } from '../../evidence/types.js';
import { placeOf, right, type Sighting, wrong } from '../../judge/rule.js';
import { LATE_MS } from '../../judge/tolerances.js';
import { refusesForOtherReasons } from './http-answers.js';
import { inMs } from './rule-shapes.js';
import { capOf } from './stream-counts.js';
import { idsOn, numberedOn, type Stream } from './streams.js';
import { endsInTail } from './tails.js';

/** As many resumptions in a row that bring nothing new are no rotation. */
const VAIN_RESUMPTIONS = 3;

/** No rotation closes a connection this soon: the first heartbeat alone may take as long (HEARTBEAT-001). */
const SHORT_MS = 1000;

const EXPECTED = 'complete or error as the last event of the stream';

/**
 * A connection that closed early is legal (CAP-004): what the resumptions of `read-through` found decides. A terminal event
 * that only lacks its blank line is EVENT-030's finding.
 */
export function* judgeTerminal(stream: Stream): Iterable<Sighting> {
  const { terminal, creator, scenario } = stream;
  if (terminal !== undefined) {
    yield right(placeOf(terminal.connection, terminal.event));
    return;
  }
  if (scenario.scenario !== 'read-through' || creator?.end.by !== 'target' || endsInTail(stream)) {
    return;
  }
  const reason = overBecauseRefused(stream) ?? overBecauseSilent(stream) ?? overBecauseLate(stream);
  if (reason !== undefined) {
    yield wrong(placeOf(creator, creator.events().at(-1)), EXPECTED, `the server closed without one, ${reason}`);
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
      return `and answered ${later.label} with unknown_cursor`;
    }
    if (status === 204 || (status >= 400 && status < 500 && !refusesForOtherReasons(status))) {
      return `and answered ${later.label} with status ${status}`;
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
    return numbered ? undefined : 'and no event had an id to resume from';
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
    ? `and closed ${telling.length} resumptions in a row without a new event`
    : undefined;
}

/** Content that is not new, or a close before a heartbeat was due: neither is a server waiting for its generator. */
function repeatsOrFlees(part: ConnectionView): boolean {
  return part.events().some(({ type }) => type !== 'heartbeat') || part.end.atMs - part.sentAtMs < SHORT_MS;
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
    ? `and none came within ${inMs(ageMs)} of the creation, beyond the cap of ${inMs(cap.mostMs)}`
    : undefined;
}
