/** REPLAY-016 to REPLAY-018: cursors at and below the end of a stream, and streams that close without a word. */
import type { Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { cursorOf, describeCursor } from './cursors.js';
import { describeAnswer, refusesForOtherReasons } from './http-answers.js';
import { beginningOf, isOver, isServed, longReplayOf, type Resumption, resumptionsIn } from './resumptions.js';
import { ANY_STREAM, EVERY_STREAM } from './rule-shapes.js';
import { idOf, isAfterTheEnd, numberedOn, terminalOf } from './streams.js';
import { unendedEventOf } from './tails.js';

const ENDS = 'Give the URL of an endpoint whose stream ends with a terminal event that has an id.';

interface Ended extends Resumption {
  readonly terminalId: number;
}

/** Requests after the end whose answer tells something, with the id of the terminal event. */
function* afterTheEnd(evidence: Evidence): Iterable<Ended> {
  for (const resumption of resumptionsIn(evidence)) {
    const { stream, connection } = resumption;
    const terminalId = stream.terminal === undefined ? undefined : idOf(stream.terminal.event);
    const { status, end } = connection;
    const telling = status === null ? end.by === 'target' : !refusesForOtherReasons(status);
    if (terminalId !== undefined && telling && isAfterTheEnd(stream, connection)) {
      yield { ...resumption, terminalId };
    }
  }
}

function describeReply({ connection }: Resumption): string {
  const { refusal } = connection;
  const code = refusal === undefined ? '' : `, error of code ${JSON.stringify(connection.json(refusal)?.code)}`;
  const events = connection.isEventStream && refusal === undefined ? `, ${connection.events().length} events` : '';
  return `${describeAnswer(connection)}${code}${events}`;
}

function* judgeNothingLeft(evidence: Evidence): Iterable<Sighting> {
  for (const resumption of afterTheEnd(evidence)) {
    const { connection, cursor, terminalId } = resumption;
    // A cursor that is not read at all is REPLAY-001's or REPLAY-002's finding.
    if (cursor === terminalId && !(isServed(resumption) && beginningOf(resumption) === 'ignored')) {
      yield sighting(
        connection.status === 204,
        placeOf(connection),
        () => `status 204 for ${describeCursor(cursorOf(connection))}, the id of the terminal event`,
        () => describeReply(resumption),
      );
    }
  }
}

function* judgeRest(evidence: Evidence): Iterable<Sighting> {
  for (const resumption of afterTheEnd(evidence)) {
    if (resumption.cursor < resumption.terminalId) {
      const expected = `the events after ${describeCursor(cursorOf(resumption.connection))} up to the terminal event ${resumption.terminalId}`;
      yield* isServed(resumption)
        ? judgeServedRest(resumption, expected)
        : judgeRefusedRest(resumption, expected, heldAfterTheEnd(evidence, resumption));
    }
  }
}

function* judgeServedRest(resumption: Ended, expected: string): Iterable<Sighting> {
  const { stream, connection, cursor } = resumption;
  const terminal = terminalOf(connection);
  if (beginningOf(resumption) === 'ignored') {
    return; // REPLAY-001, REPLAY-002
  }
  if (terminal !== undefined) {
    // Another terminal event is another outcome: END-006.
    if (idOf(terminal) === resumption.terminalId) {
      yield right(placeOf(connection, terminal));
    }
  } else if (
    isOver(connection) &&
    unendedEventOf(connection) === undefined &&
    longReplayOf(stream, connection, cursor)?.limited !== true
  ) {
    const last = numberedOn(connection).at(-1);
    const actual = `${describeReply(resumption)}, the last with id ${last?.id ?? 'none'}, and then ${connection.end.kind}`;
    yield wrong(placeOf(connection, last?.event), expected, actual);
  }
}

/** True where the whole rest was there for an earlier request after the end: nothing but time has passed since. */
function heldAfterTheEnd(evidence: Evidence, { stream, connection, cursor }: Resumption): boolean {
  return [...afterTheEnd(evidence)].some(
    (earlier) =>
      earlier.stream === stream &&
      earlier.cursor <= cursor &&
      earlier.connection.sentAtMs < connection.sentAtMs &&
      isServed(earlier) &&
      beginningOf(earlier) === 'taken',
  );
}

/** History that is gone may be refused as such; what is empty is REPLAY-018's finding, a new generation HTTP-029's. */
function* judgeRefusedRest(resumption: Resumption, expected: string, wasHeld: boolean): Iterable<Sighting> {
  const { stream, connection } = resumption;
  const { refusal } = connection;
  const gap = !wasHeld && refusal !== undefined && connection.json(refusal)?.code === 'replay_gap';
  const empty = connection.isEventStream && connection.events().length === 0;
  if (!gap && !empty && !stream.restarts.includes(connection)) {
    yield wrong(placeOf(connection, refusal), expected, describeReply(resumption));
  }
}

/** In these the target is made to close. */
const DISTURBED = ['shutdown', 'limit'];

function* judgeEmpty(evidence: Evidence): Iterable<Sighting> {
  for (const connection of evidence.connections()) {
    const { isEventStream, request, end, scenario } = connection;
    if (!isEventStream || !['GET', 'POST'].includes(request.method) || DISTURBED.includes(scenario)) {
      continue;
    }
    const [first] = connection.events();
    if (first !== undefined) {
      yield right(placeOf(connection, first));
    } else if (end.by === 'target' && unendedEventOf(connection) === undefined) {
      yield wrong(
        placeOf(connection),
        'at least one event before the close',
        `${end.kind} after ${connection.reading.bytes} bytes and no event`,
      );
    }
  }
}

export const replayEnd = {
  'REPLAY-016': {
    from: ['after-the-end', 'error'],
    observes: 'The status of answers to a cursor equal to the id of the terminal event.',
    occasion: ENDS,
    mend: 'Compare the cursor with the id of the terminal event before opening the stream; answer 204 without a body.',
    judge: judgeNothingLeft,
  },
  'REPLAY-017': {
    from: ['after-the-end', 'error', 'cancel'],
    observes:
      'Whether answers to cursors below the terminal event, at once and a moment after the end, come with that event.',
    occasion: ENDS,
    mend: 'Keep the history when the stream ends; replay it like that of a running stream, then close.',
    judge: judgeRest,
  },
  'REPLAY-018': {
    from: EVERY_STREAM,
    observes: 'Event streams that their server closed, and whether an event came on them.',
    occasion: ANY_STREAM,
    mend: 'Decide before the header is sent: 204 where nothing is left, a refusal in band where the cursor is unknown.',
    judge: judgeEmpty,
  },
} satisfies RuleBook<'server', 'REPLAY'>;
