/** Twins that break the requirements on the wire format and on the events. */
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer } from './faulty-server.js';
import { changed } from './faulty-server.js';

const { formatEvent, encodeText, contentData, completeData, errorData, deliver } = defaultProtocol;

type Event = Parameters<typeof formatEvent>[0];

/** Writes events in another way. */
const formatting = (format: (text: string, event: Event) => string): Fault => ({
  protocol: { formatEvent: (event) => format(formatEvent(event), event) },
});

/** Adds an event without an id after every fifth chunk. */
const adding = (type: string, dataOf: (traceId: string) => string): Fault => ({
  protocol: {
    deliver: (event, delivery) => {
      const own = deliver(event, delivery);
      const extra = { type, data: dataOf(delivery.record.traceId) };
      return event.type === 'content_chunk' && (event.id ?? 0) % 5 === 0 ? [...own, extra] : own;
    },
  },
});

/** Other members in every third chunk. */
const inChunks = (members: (id: number) => Readonly<Record<string, unknown>>): Fault => ({
  protocol: {
    contentData: (input) => (input.id % 3 === 0 ? changed(contentData(input), members(input.id)) : contentData(input)),
  },
});

const inComplete = (members: Readonly<Record<string, unknown>>): Fault => ({
  protocol: { completeData: (input) => changed(completeData(input), members) },
});

const inError = (members: Readonly<Record<string, unknown>>): Fault => ({
  protocol: { errorData: (input) => changed(errorData(input), members) },
});

/** Names the question in a field of its own, with some of what could end its line taken out. */
const injecting = (removed: RegExp): Fault => ({
  protocol: {
    formatEvent: (event) => {
      const { about }: { about?: unknown } = JSON.parse(event.data);
      const field = typeof about === 'string' ? `about: ${about.replace(removed, '-')}\n` : '';
      return `${field}${formatEvent(event)}`;
    },
  },
});

const noted = (traceId: string): string => JSON.stringify({ trace_id: traceId, note: 'x' });

export const eventTwins: readonly FaultyServer[] = [
  {
    name: 'latin-1',
    breaks: 'EVENT-001',
    why: 'encodes streams as Latin-1',
    fault: { protocol: { encodeText: (text) => Buffer.from(text, 'latin1') } },
  },
  {
    name: 'cut-characters',
    breaks: 'EVENT-001',
    why: 'cuts content at a byte, in the middle of a character',
    fault: {
      protocol: {
        encodeText: (text) => {
          const bytes = encodeText(text);
          const at = bytes.indexOf(Buffer.from('é'));
          return at === -1 ? bytes : Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at + 2)]);
        },
      },
    },
  },
  {
    name: 'crlf',
    breaks: 'EVENT-002',
    why: 'ends lines with CRLF',
    fault: formatting((text) => text.replaceAll('\n', '\r\n')),
  },
  {
    name: 'cr-in-heartbeats',
    breaks: 'EVENT-002',
    why: 'ends the lines of heartbeats with CR',
    fault: formatting((text, { type }) => (type === 'heartbeat' ? text.replaceAll('\n', '\r') : text)),
  },
  {
    name: 'byte-order-mark',
    breaks: 'EVENT-003',
    why: 'begins every connection with a byte order mark',
    fault: formatting((text) => (text.includes('"heartbeat_count":1,') ? `\uFEFF${text}` : text)),
  },
  {
    name: 'pretty-data',
    breaks: 'EVENT-004',
    why: 'spreads the data of chunks over several lines',
    fault: formatting((text, { type, data }) => {
      const lines = JSON.stringify(JSON.parse(data), null, 1).replaceAll('\n', '\ndata: ');
      return type === 'content_chunk' ? text.replace(data, lines) : text;
    }),
  },
  {
    name: 'two-data-lines-in-complete',
    breaks: 'EVENT-004',
    why: 'adds an empty data line to complete',
    fault: formatting((text, { type }) => (type === 'complete' ? text.replace(/\n\n$/, '\ndata:\n\n') : text)),
  },
  {
    name: 'untyped-event',
    breaks: 'EVENT-005',
    why: 'sends events of its own without a type',
    fault: {
      protocol: {
        ...adding('progress', noted).protocol,
        formatEvent: (event) => formatEvent(event).replace('event: progress\n', ''),
      },
    },
  },
  {
    name: 'data-null',
    breaks: 'EVENT-006',
    why: 'sends events of its own whose data is null',
    fault: adding('note', () => 'null'),
  },
  {
    name: 'data-text',
    breaks: 'EVENT-006',
    why: 'sends events of its own whose data is no JSON',
    fault: adding('note', () => 'still here'),
  },
  {
    name: 'type-with-space',
    breaks: 'EVENT-007',
    why: 'sends a type with a space in it',
    fault: adding('progress note', noted),
  },
  {
    name: 'type-too-long',
    breaks: 'EVENT-007',
    why: 'sends a type of 65 characters',
    fault: adding('n'.repeat(65), noted),
  },
  {
    name: 'content-null',
    breaks: 'EVENT-008',
    why: 'sends chunks whose content is null',
    fault: inChunks(() => ({ content: null })),
  },
  {
    name: 'content-missing',
    breaks: 'EVENT-008',
    why: 'calls the content text',
    fault: inChunks(() => ({ content: undefined, text: 'tides ' })),
  },
  {
    name: 'seq-from-zero',
    breaks: 'EVENT-009',
    why: 'counts seq from 0',
    fault: inChunks((id) => ({ seq: id - 1 })),
  },
  {
    name: 'seq-as-text',
    breaks: 'EVENT-009',
    why: 'writes seq as a string',
    fault: inChunks((id) => ({ seq: String(id) })),
  },
  {
    name: 'complete-without-duration',
    breaks: 'EVENT-010',
    why: 'leaves duration out of complete',
    fault: inComplete({ duration: undefined }),
  },
  {
    name: 'complete-duration-as-text',
    breaks: 'EVENT-010',
    why: 'writes the duration of complete as a string',
    fault: inComplete({ duration: '0.9s' }),
  },
  {
    name: 'reason-stop',
    breaks: 'EVENT-011',
    why: 'gives a reason of its own without x-',
    fault: {
      protocol: {
        completeData: (input) => changed(completeData(input), input.reason === 'done' ? { reason: 'stop' } : {}),
      },
    },
  },
  {
    name: 'error-without-retryable',
    breaks: 'EVENT-012',
    why: 'leaves retryable out of error',
    occasions: ['error'],
    fault: inError({ retryable: undefined }),
  },
  {
    name: 'error-code-as-number',
    breaks: 'EVENT-012',
    why: 'writes the code of a failed stream as a number',
    occasions: ['error'],
    fault: {
      protocol: {
        errorData: (input) => changed(errorData(input), input.code === 'model_overloaded' ? { code: 529 } : {}),
      },
    },
  },
  {
    name: 'huge-event',
    breaks: 'EVENT-013',
    why: 'sends an event of 70 kB',
    fault: {
      protocol: { maxEventBytes: 1_000_000 },
      text: { chunks: 30, contentOf: (chunk) => (chunk === 10 ? 'tide '.repeat(14_000) : 'tides ') },
    },
  },
  {
    name: 'injection-of-lf',
    breaks: 'EVENT-014',
    why: 'writes line feeds of its input as they are',
    occasions: ['injection'],
    fault: injecting(/[\r\0]/g),
  },
  {
    name: 'injection-of-cr',
    breaks: 'EVENT-014',
    why: 'writes carriage returns of its input as they are',
    occasions: ['injection'],
    fault: injecting(/[\n\0]/g),
  },
  {
    name: 'injection-of-nul',
    breaks: 'EVENT-014',
    why: 'writes NUL of its input as it is',
    occasions: ['injection'],
    fault: injecting(/[\r\n]/g),
  },
  {
    name: 'no-last-blank-line',
    breaks: 'EVENT-030',
    why: 'does not end the terminal event with a blank line',
    fault: formatting((text, { type }) => (type === 'complete' ? text.replace(/\n$/, '') : text)),
  },
];
