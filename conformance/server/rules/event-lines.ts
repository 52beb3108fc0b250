/** EVENT-001 to EVENT-007, EVENT-013 and EVENT-030: how the lines of an event are written. */
import type { ConnectionView } from '../../evidence/types.js';
import type { RuleBook } from '../../judge/rule.js';
import type { WireDiagnostic, WireEvent } from '../../wire/types.js';
import { inputsWithBreaks } from './event-injection.js';
import { ANY_STREAM, EVERY_STREAM, type Finding, judgeAll, judgeEach, overEventStreams } from './rule-shapes.js';
import { runsTogether, unendedEventOf } from './tails.js';

/** EVENT-013: bytes of a block, from its first to the end of its blank line. */
const MOST_EVENT_BYTES = 65_536;

/** Longest sequence of UTF-8: a stream that is cut can end inside one. */
const LONGEST_SEQUENCE = 4;

const EVERY = { from: EVERY_STREAM, occasion: ANY_STREAM };

function* invalidBytes(connection: ConnectionView): Iterable<Finding> {
  const { diagnostics, tail, bytes } = connection.reading;
  for (const { code, offset, detail } of diagnostics) {
    const cut = tail !== null && offset > bytes - LONGEST_SEQUENCE;
    if (code === 'invalid-utf8' && !cut) {
      yield { expected: 'UTF-8', actual: `${detail}, at offset ${offset}` };
    }
  }
}

function* foreignLineEnds(connection: ConnectionView): Iterable<Finding> {
  const { firstForeignLineEnd, lineEnds } = connection.reading;
  if (firstForeignLineEnd !== null) {
    yield {
      expected: 'LF at the end of every line',
      actual: `${lineEnds.crlf} CRLF and ${lineEnds.cr} CR beside ${lineEnds.lf} LF, the first at offset ${firstForeignLineEnd}`,
    };
  }
}

function* byteOrderMarks(connection: ConnectionView): Iterable<Finding & { readonly event?: WireEvent }> {
  const { bom, events } = connection.reading;
  if (bom) {
    yield { expected: 'no byte order mark', actual: 'EF BB BF at offset 0' };
  }
  for (const event of events) {
    if (event.unknownFields.some((name) => name.startsWith('\uFEFF'))) {
      yield { expected: 'no byte order mark', actual: 'EF BB BF at the start of a line', event };
    }
  }
}

function checkDataLines({ dataLines }: WireEvent): Finding | undefined {
  return dataLines === 1 ? undefined : { expected: 'one data line', actual: `${dataLines} data lines` };
}

function* unended(connection: ConnectionView): Iterable<Finding & { readonly event?: WireEvent }> {
  const expected = 'a blank line after every event';
  for (const event of connection.events()) {
    if (runsTogether(event)) {
      yield { expected, actual: `${event.dataLines} events in one block`, event };
    }
  }
  const last = unendedEventOf(connection);
  if (last !== undefined) {
    yield { expected, actual: `none after the last, ${last.type.slice(0, 64)}: ${last.data.slice(0, 100)}` };
  }
}

/** Events that EVENT-030 does not speak of. */
function separateEvents(connection: ConnectionView): readonly WireEvent[] {
  return connection.events().filter((event) => !runsTogether(event));
}

function checkTypeField({ typeField }: WireEvent): Finding | undefined {
  if (typeField === null || typeField === '') {
    return {
      expected: 'an event field with a value',
      actual: typeField === null ? 'no event field' : 'an empty event field',
    };
  }
  return undefined;
}

function checkTypeAlphabet({ typeField }: WireEvent): Finding | undefined {
  return typeField !== null && /^[A-Za-z0-9._-]{1,64}$/.test(typeField)
    ? undefined
    : {
        expected: '1 to 64 characters of [A-Za-z0-9._-]',
        actual: `${JSON.stringify(typeField?.slice(0, 100))}, ${typeField?.length} characters`,
      };
}

function checkObject(connection: ConnectionView, event: WireEvent): Finding | undefined {
  const expected = 'a JSON object with at least one member as data';
  if (!event.dispatched) {
    return { expected, actual: 'no data line' };
  }
  const object = connection.json(event);
  if (object === undefined) {
    return { expected, actual: event.data === '' ? 'empty data' : `data that is none: ${event.data.slice(0, 60)}` };
  }
  return Object.keys(object).length === 0 ? { expected, actual: 'an empty object' } : undefined;
}

/** Blocks that are events: those with data, and those that have a type and lack it. A lone `retry` is no event. */
function eventsMeant(connection: ConnectionView): readonly WireEvent[] {
  return connection.reading.events.filter((event) =>
    event.dispatched ? !runsTogether(event) : event.typeField !== null,
  );
}

function* oversized(connection: ConnectionView): Iterable<Finding & { readonly event?: WireEvent }> {
  const expected = `at most ${MOST_EVENT_BYTES} bytes`;
  for (const event of connection.reading.events) {
    const bytes = event.end - event.offset;
    if (bytes > MOST_EVENT_BYTES) {
      yield { expected, actual: `${bytes} bytes`, event };
    }
  }
  const { tail, diagnostics } = connection.reading;
  if (tail !== null && tail.length > MOST_EVENT_BYTES && !isComment(connection, tail.offset)) {
    const stopped = diagnostics.find(isStop);
    yield { expected, actual: stopped?.detail ?? `${tail.length} bytes and no end` };
  }
}

function isStop({ code }: WireDiagnostic): boolean {
  return code === 'line-too-long' || code === 'event-too-long';
}

function isComment(connection: ConnectionView, offset: number): boolean {
  let start = 0;
  for (const { base64 } of connection.chunks) {
    const chunk = Buffer.from(base64, 'base64');
    if (offset < start + chunk.length) {
      return chunk[offset - start] === 0x3a;
    }
    start += chunk.length;
  }
  return false;
}

export const eventLines = {
  'EVENT-001': overEventStreams(
    {
      ...EVERY,
      observes: 'Every byte of every event stream, held to the table of well-formed UTF-8.',
      mend: 'Encode text as UTF-8 on its way out, whatever encoding the source has; never cut a character in two.',
    },
    (connection) => judgeAll(connection, invalidBytes(connection), true),
  ),
  'EVENT-002': overEventStreams(
    {
      ...EVERY,
      observes: 'The line ends of every event stream, counted by style.',
      mend: 'Write `\\n` after every line; do not use a print function that writes the line end of the platform.',
    },
    // A CR that the input brought in is EVENT-014's finding.
    (connection) =>
      inputsWithBreaks(connection).some((input) => input.includes('\r'))
        ? []
        : judgeAll(connection, foreignLineEnds(connection), true),
  ),
  'EVENT-003': overEventStreams(
    {
      ...EVERY,
      observes: 'The first bytes of every event stream, and of every line in it.',
      mend: 'Choose the encoder without a byte order mark.',
    },
    (connection) => judgeAll(connection, byteOrderMarks(connection), true),
  ),
  'EVENT-004': overEventStreams(
    {
      ...EVERY,
      observes: 'The number of data lines of every event.',
      mend: 'Serialize the data as JSON without line breaks and write it in one `data` line.',
    },
    (connection) => judgeEach(connection, separateEvents(connection), checkDataLines),
  ),
  'EVENT-005': overEventStreams(
    {
      ...EVERY,
      observes: 'The event field of every event.',
      mend: 'Write `event: content_chunk` and so on; without the field a reader takes the event for a `message`.',
    },
    (connection) => judgeEach(connection, connection.events(), checkTypeField),
  ),
  'EVENT-006': overEventStreams(
    {
      ...EVERY,
      observes: 'The data of every event, parsed as JSON.',
      mend: 'Send an object with at least the trace id; an event without data is never dispatched by EventSource.',
    },
    (connection) => judgeEach(connection, eventsMeant(connection), (event) => checkObject(connection, event)),
  ),
  'EVENT-007': overEventStreams(
    {
      ...EVERY,
      observes: 'The characters of every event type.',
      mend: 'Take event types from a fixed list, never from input.',
    },
    (connection) =>
      judgeEach(
        connection,
        connection.events().filter(({ typeField }) => typeField !== null && typeField !== ''),
        checkTypeAlphabet,
      ),
  ),
  'EVENT-013': overEventStreams(
    {
      ...EVERY,
      from: [...EVERY_STREAM, 'slow-reader'],
      observes: 'The size of every event, from its first field to its last.',
      mend: 'Split content into several chunks before it reaches 64 KiB; pass large results by reference.',
    },
    (connection) => judgeAll(connection, oversized(connection), true),
  ),
  'EVENT-030': {
    ...EVERY,
    observes:
      'Whether several events stand in one block, and what stands after the last blank line of a closed stream.',
    occasion: `${ANY_STREAM} The server closes it itself.`,
    mend: 'Write each event with both line ends in one call, the terminal event like every other.',
    *judge(evidence) {
      for (const connection of evidence.connections()) {
        // Where the kit closed first, the last event was still on its way.
        const whole = connection.end.by === 'target' && connection.events().length > 0;
        if (connection.isEventStream) {
          yield* judgeAll(connection, unended(connection), whole);
        }
      }
    },
  },
} satisfies RuleBook<'server', 'EVENT'>;
