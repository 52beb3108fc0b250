/** Scenarios about bytes: how a stream is cut into writes, how its lines end, what stands between its events. */

import {
  BASE,
  blockOf,
  chunkEvent,
  completeEvent,
  dataOf,
  eof,
  LAST_ID,
  NOTHING_FOLLOWS_MS,
  playTo,
  rest,
  scenario,
  stream,
  written,
} from './building-blocks.js';
import type { Pace } from './pace.js';
import type { ClientScenario, PlayedEvent, Writing } from './scenario.js';

/** Every client takes an event of this size (EVENT-024). */
const MUST_TAKE_BYTES = 1024 * 1024;

/** More than a client has to take (EVENT-025), and as much as the kit itself reads. */
const MAY_REFUSE_BYTES = 4 * 1024 * 1024;

export function byteScenarios(pace: Pace): readonly ClientScenario[] {
  const whole = (name: string, does: string, writing: Writing): ClientScenario =>
    scenario(pace, { name, does, answers: [written(writing, playTo(LAST_ID), eof)] });
  return [
    { ...whole('whole', 'plays a whole stream at once', {}), settleMs: NOTHING_FOLLOWS_MS },
    ...['one byte', 'two bytes', 'three bytes'].map((size, index) => ({
      ...whole(`chunked-${index + 1}`, `plays a stream in writes of ${size}`, { chunking: index + 1 }),
      stream: [
        ...BASE.slice(0, -1).map((_, at) => chunkEvent(at + 1, `w${at + 1} naïve – 潮 🌊 `)),
        completeEvent(LAST_ID),
      ],
    })),
    whole('line-ends-cr', 'plays a stream whose lines end with CR', { lineEnd: '\r' }),
    whole('line-ends-crlf', 'plays a stream whose lines end with CRLF', { lineEnd: '\r\n' }),
    whole('line-ends-crlf-split', 'plays a stream whose lines end with CR in one write and LF in the next', {
      lineEnd: '\r\n',
      chunking: 'between-cr-and-lf',
    }),
    ...decorations(pace),
    nulId(pace),
    scenario(pace, {
      name: 'cut-mid-event',
      does: 'ends the connection in the middle of event 4, after its id',
      answers: [
        stream(playTo(3), { do: 'send', bytes: 'event: content_chunk\nid: 4\ndata: {"content":"w4' }, eof),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'cut-before-blank-line',
      does: 'ends the connection after all lines of event 4, before the blank line that would end it',
      answers: [
        stream(playTo(3), { do: 'send', bytes: `event: content_chunk\nid: 4\ndata: ${chunkEvent(4).data}\n` }, eof),
        rest,
      ],
    }),
    big(pace, 'big-1mib', 'plays an event of 1 MiB, which every client takes', MUST_TAKE_BYTES),
    big(pace, 'big-4mib', 'plays an event of 4 MiB, which a client may refuse with an error', MAY_REFUSE_BYTES),
  ];
}

/** Content with a character that is a mark only at the start of a stream. */
const MARKED = 'w1 \uFEFF';

/** Each decoration on its own, so that a client that stumbles shows over which: what it took in is its next cursor. */
function decorations(pace: Pace): readonly ClientScenario[] {
  const members = dataOf({ content: 'w2 ', x_vendor: { nested: [1, null] }, seq: 2 });
  const plain = dataOf({ content: 'w2 ' });
  const note: PlayedEvent = { type: 'x-note', id: '3', data: dataOf({ text: 'of a vendor' }) };
  const second = (event: PlayedEvent) => [chunkEvent(1), event, ...BASE.slice(2)];
  return [
    scenario(pace, {
      name: 'bom',
      does: 'plays a byte order mark before the first line, which is the id of event 1, and one within its content',
      stream: [chunkEvent(1, MARKED), ...BASE.slice(1)],
      answers: [
        {
          kind: 'stream',
          steps: [
            { do: 'send', bytes: `\uFEFFid: 1\nevent: content_chunk\ndata: ${chunkEvent(1, MARKED).data}\n\n` },
            eof,
          ],
        },
        rest,
      ],
    }),
    scenario(pace, {
      name: 'comments',
      does: 'plays comments between events and between the lines of one',
      answers: [
        stream(
          { do: 'send', bytes: ': a comment\n\n:\n\n' },
          playTo(1),
          { do: 'send', bytes: `id: 2\n: id: 7\nevent: content_chunk\n:\ndata: ${chunkEvent(2).data}\n:data: no\n\n` },
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'no-space',
      does: 'plays fields without a space after the colon',
      answers: [written({ space: false }, playTo(3), eof), rest],
    }),
    scenario(pace, {
      name: 'multi-line',
      does: 'plays an event whose data stand on two lines',
      stream: second({ type: 'content_chunk', id: '2', data: [plain.slice(0, 1), plain.slice(1)] }),
      answers: [stream(playTo(2), eof), rest],
    }),
    scenario(pace, {
      name: 'multi-line-joined',
      does: 'plays two data lines that are JSON only where they are joined without a line feed',
      answers: [
        stream(
          playTo(1),
          { do: 'send', bytes: 'event: content_chunk\nid: 2\ndata: {"content":"w2 ","seq":\ndata: 1\ndata: 2}\n\n' },
          eof,
        ),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'two-spaces',
      does: 'plays an event whose type begins with a space, which is a type that nobody knows',
      answers: [
        stream(playTo(2), { do: 'send', bytes: `event:  content_chunk\nid: 3\ndata: ${chunkEvent(3).data}\n\n` }, eof),
        rest,
      ],
    }),
    scenario(pace, {
      name: 'unknown-members',
      does: 'plays members and fields that nobody knows',
      stream: second({ type: 'content_chunk', id: '2', data: members }),
      answers: [stream(playTo(1), { do: 'send', bytes: 'x-field: of a vendor\nx-alone\n\n' }, playTo(2), eof), rest],
    }),
    scenario(pace, {
      name: 'untyped',
      does: 'plays an event with id 3 and no type, which is the type message, and ends the connection',
      answers: [stream(playTo(2), { do: 'send', bytes: `id: 3\ndata: ${chunkEvent(3).data}\n\n` }, eof), rest],
    }),
    scenario(pace, {
      name: 'unknown-type',
      does: 'plays an event of an unknown type that carries id 3, and ends the connection',
      stream: [...BASE.slice(0, 2), note, ...BASE.slice(3)],
      answers: [stream(playTo(3), eof), rest],
    }),
  ];
}

function nulId(pace: Pace): ClientScenario {
  // What stands before the NUL is the next id, so that a client that takes it shows it as its cursor.
  const block = blockOf({ event: 'x-note', id: 'NUL', data: dataOf({ text: 'no id' }) }).replace('NUL', '3\0');
  return scenario(pace, {
    name: 'nul-id',
    does: 'plays an id with NUL, which is no id, and ends the connection',
    answers: [stream(playTo(2), { do: 'send', bytes: block }, eof), rest],
  });
}

function big(pace: Pace, name: string, does: string, bytes: number): ClientScenario {
  return scenario(pace, {
    name,
    does,
    stream: [chunkEvent(1), eventOfSize(2, bytes), completeEvent(3)],
    answers: [stream(playTo(3), eof)],
  });
}

/** A content chunk whose block, blank line included, has that many bytes. */
function eventOfSize(id: number, bytes: number): PlayedEvent {
  return { ...chunkEvent(id, '{pad}'), blockBytes: bytes };
}
