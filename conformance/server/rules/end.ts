/** Rules on servers of the chapter on terminal events. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type Sighting, serverRules, sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import type { WireEvent } from '../../wire/types.js';
import { judgeTerminal } from './end-unended.js';
import {
  ANY_STREAM,
  EVERY_STREAM,
  type Finding,
  inMs,
  judgeAll,
  overParts,
  overStreams,
  tellsTime,
} from './rule-shapes.js';
import { chunkCounterOf } from './stream-counts.js';
import {
  endsStream,
  idOf,
  isFromStart,
  isSameButForTrace,
  isSameEvent,
  isSameOutcome,
  numberedOn,
  type Stream,
  streamsOf,
  terminalOf,
} from './streams.js';
import { endsUnseen } from './tails.js';

/** END-003. */
const CLOSE_WITHIN_MS = 1000;

const UNTIL_THE_END = 'Give the URL of an endpoint whose stream ends while the kit reads it.';

/** Time for which the kit looked on after the terminal event, unless the server closed. */
function lookedOnMs(connection: ConnectionView, terminal: WireEvent): number {
  return connection.end.atMs - terminal.atMs;
}

function* judgeAfter(stream: Stream): Iterable<Sighting> {
  for (const part of stream.parts) {
    const terminal = terminalOf(part);
    const lastId = stream.terminal === undefined ? undefined : idOf(stream.terminal.event);
    const findings: (Finding & { readonly event: WireEvent })[] = [];
    for (const event of terminal === undefined ? [] : part.events().slice(part.events().indexOf(terminal) + 1)) {
      findings.push({ expected: `nothing after ${terminal?.type}`, actual: describeEvent(event), event });
    }
    // Two terminal events with different ids on two connections are two outcomes: END-006.
    const joined = terminal === undefined && lastId !== undefined && sharesEvents(stream, part);
    for (const { id, event } of joined ? numberedOn(part) : []) {
      if (lastId !== undefined && id > lastId && !endsStream(part, event)) {
        findings.push({
          expected: `no id beyond ${lastId}, that of the terminal event`,
          actual: describeEvent(event),
          event,
        });
      }
    }
    const watched =
      terminal !== undefined && (part.end.by === 'target' || lookedOnMs(part, terminal) >= CLOSE_WITHIN_MS);
    yield* judgeAll(part, findings, watched);
  }
}

/** False for a connection that has no event in common with the others: it carries a generation of its own (HTTP-029). */
function sharesEvents({ arrivals }: Stream, part: ConnectionView): boolean {
  return numberedOn(part).some(({ id, event }) => {
    const first = arrivals.get(id);
    return first !== undefined && first.connection !== part && isSameEvent(first.event, event);
  });
}

function describeEvent(event: WireEvent): string {
  return event.id === null ? event.type : `${event.type} with id ${event.id.slice(0, 40)}`;
}

function* judgeClose(part: ConnectionView): Iterable<Sighting> {
  const terminal = terminalOf(part);
  if (terminal === undefined || !tellsTime(part)) {
    return;
  }
  const openMs = lookedOnMs(part, terminal);
  const inTime = openMs <= CLOSE_WITHIN_MS + LATE_MS;
  const expected = `closed by the server within ${CLOSE_WITHIN_MS} ms of ${terminal.type}, ${LATE_MS} ms of grace`;
  if (part.end.by === 'target') {
    yield sighting(
      inTime,
      placeOf(part, terminal),
      () => expected,
      () => `closed after ${inMs(openMs)}`,
    );
  } else if (openMs >= CLOSE_WITHIN_MS + LATE_MS - EARLY_MS) {
    yield wrong(placeOf(part, terminal), expected, `still open after ${inMs(openMs)}`);
  }
}

function* judgeTotal(stream: Stream): Iterable<Sighting> {
  // Without a connection from the start nobody knows what came before.
  if (!stream.parts.some(isFromStart)) {
    return;
  }
  const countUpTo = chunkCounterOf(stream);
  for (const part of stream.parts) {
    const terminal = terminalOf(part);
    const total = terminal?.type === 'complete' ? part.json(terminal)?.total_chunks : undefined;
    if (terminal === undefined || typeof total !== 'number') {
      continue;
    }
    const whole = countUpTo(idOf(terminal) ?? stream.highestId);
    yield sighting(
      total >= whole.least && total <= whole.most,
      placeOf(part, terminal),
      () =>
        `total_chunks ${whole.least === whole.most ? '' : `${whole.least} to `}${whole.most}: so many content_chunk events came`,
      () => `total_chunks ${total}`,
    );
  }
}

/** In these a server has reasons to close, or is itself made to. */
const CLOSING = ['error', 'shutdown', 'slow-reader', 'limit'];

/** True where the target closes connections without a terminal event elsewhere too: then a close says nothing (CAP-004). */
function closesEarly(evidence: Evidence): boolean {
  return streamsOf(evidence).some(
    ({ scenario, parts }) =>
      !CLOSING.includes(scenario.scenario) &&
      parts.some((part) => part.end.by === 'target' && terminalOf(part) === undefined),
  );
}

function* judgeFailure(evidence: Evidence): Iterable<Sighting> {
  for (const stream of streamsOf(evidence)) {
    const { scenario, creator, terminal } = stream;
    if (scenario.scenario !== 'error' || creator === undefined) {
      continue;
    }
    const expected = 'error as the last event of a stream whose generation fails';
    if (terminal !== undefined) {
      const { connection, event } = terminal;
      const reason = event.type === 'complete' ? connection.json(event)?.reason : undefined;
      // A failure that the cap or a cancellation came before was not seen.
      if (reason !== 'duration_cap' && reason !== 'cancelled') {
        yield sighting(
          event.type === 'error',
          placeOf(connection, event),
          () => expected,
          () => `complete with reason ${JSON.stringify(reason)}`,
        );
      }
    } else if (creator.end.by === 'target' && !endsUnseen(stream) && !closesEarly(evidence)) {
      const actual = `the connection ended (${creator.end.kind}) after ${creator.events().length} events`;
      yield wrong(placeOf(creator, creator.events().at(-1)), expected, actual);
    }
  }
}

/**
 * Readers that followed the stream live must get the very same event. One that came later gets a replay: its bytes are
 * REPLAY-021's matter, the outcome is this rule's.
 */
function* judgeOutcome(stream: Stream): Iterable<Sighting> {
  const { terminal } = stream;
  if (terminal === undefined) {
    return;
  }
  for (const part of stream.parts) {
    const other = part === terminal.connection ? undefined : terminalOf(part);
    if (other !== undefined) {
      const live = part.sentAtMs < terminal.event.atMs;
      const same = live
        ? isSameButForTrace(terminal.connection, terminal.event, part, other)
        : isSameOutcome(terminal.connection, terminal.event, part, other);
      yield sighting(
        same,
        placeOf(part, other),
        () =>
          `${describeEvent(terminal.event)}, as ${terminal.connection.label} got it: ${terminal.event.data.slice(0, 150)}`,
        () => `${describeEvent(other)}: ${other.data.slice(0, 150)}`,
      );
    }
  }
}

export const end = serverRules('END', {
  'END-001': overStreams(
    {
      from: ['read-through'],
      observes: 'The last event of every stream; where its server closed without one, what resuming it brings.',
      occasion: UNTIL_THE_END,
      mend: 'Append `complete` or `error` to the history on every way out of the generator, exceptions included.',
    },
    judgeTerminal,
  ),
  'END-002': overStreams(
    {
      from: EVERY_STREAM,
      observes: 'What comes after the terminal event on its connection, and ids beyond it on others.',
      occasion: UNTIL_THE_END,
      mend: 'Stop the heartbeat timer and refuse further appends in the step that appends the terminal event.',
    },
    judgeAfter,
  ),
  'END-003': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The time from the terminal event to the close of its connection.',
      occasion: UNTIL_THE_END,
      mend: 'End the response right after the terminal event; do not wait for the reader.',
      timed: true,
    },
    judgeClose,
  ),
  'END-004': overStreams(
    {
      from: EVERY_STREAM,
      observes: 'The `total_chunks` of every `complete`, beside the chunks that came.',
      occasion: `${ANY_STREAM} It ends with \`complete\`.`,
      mend: 'Count the chunks where ids are given out, per stream, not per connection.',
    },
    judgeTotal,
  ),
  'END-005': {
    from: ['error'],
    observes: 'The last event of a stream whose generation fails.',
    occasion: 'Give a URL whose generation fails after its first events: `--occasion error=URL`.',
    mend: 'Catch what the generator throws and append an `error` event before closing.',
    judge: judgeFailure,
  },
  'END-006': overStreams(
    {
      from: ['readers', 'after-the-end', 'cut-and-resume'],
      observes: 'The terminal events that the readers of one stream got.',
      occasion: 'Give the URL of an endpoint whose stream several readers can follow to its end.',
      mend: 'Append the terminal event to the history once, in one step with the mark that the stream has ended.',
    },
    judgeOutcome,
  ),
});
