/** Twins that break the requirements on clients of the chapters on events and on ids: how they read. */
import type { FaultyClient } from './faulty-client.js';
import { blockFault, bodyFault, lineFault, objectIn, sinkFault } from './seams.js';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const NUL = 0x00;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const KNOWN = ['content_chunk', 'heartbeat', 'complete', 'error'];

/** Fields of a block: those of one name changed together, the others as they are. */
const fieldFault = (name: string, change: (lines: readonly string[]) => readonly string[]) =>
  blockFault((lines) => {
    const own = lines.filter((line) => line.startsWith(`${name}:`));
    const changed = own.length === 0 ? own : change(own);
    return [...lines.filter((line) => !line.startsWith(`${name}:`)), ...changed];
  });

export const eventTwins: readonly FaultyClient[] = [
  {
    name: 'carriage-return-is-no-line-end',
    breaks: 'EVENT-015',
    why: 'ends lines with LF alone, a CR before it dropped',
    fault: () =>
      bodyFault(() => ({
        take: (chunk) => chunk.map((byte, index) => (byte === CR && chunk[index + 1] !== LF ? SPACE : byte)),
      })),
  },
  {
    name: 'split-line-end-counts-twice',
    breaks: 'EVENT-015',
    why: 'takes CR and LF for two line ends where they come in two reads',
    fault: () =>
      bodyFault(() => ({
        take: (chunk) => (chunk.at(-1) === CR ? Uint8Array.from([...chunk.subarray(0, -1), LF]) : chunk),
      })),
  },
  {
    name: 'decodes-each-read-alone',
    breaks: 'EVENT-015',
    why: 'decodes the bytes of each read on their own, so that characters break',
    fault: () => bodyFault(() => ({ take: (chunk) => new TextEncoder().encode(new TextDecoder().decode(chunk)) })),
  },
  {
    name: 'byte-order-marks-dropped-everywhere',
    breaks: 'EVENT-016',
    why: 'drops U+FEFF within content too',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) => sink.message(type, data.replaceAll('\u{feff}', ''), id),
      })),
  },
  {
    name: 'untyped-is-content',
    breaks: 'EVENT-020',
    why: 'takes an event without a type for content',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) => sink.message(type === 'message' ? 'content_chunk' : type, data, id),
      })),
  },
  {
    name: 'byte-order-mark-left-in',
    breaks: 'EVENT-016',
    why: 'leaves the byte order mark in the first line',
    fault: () =>
      bodyFault(() => {
        let first = true;
        return {
          take(chunk) {
            const marked = first && BYTE_ORDER_MARK.every((byte, index) => chunk[index] === byte);
            first = false;
            return marked ? Uint8Array.from([...BYTE_ORDER_MARK, ...chunk]) : chunk;
          },
        };
      }),
  },
  {
    name: 'space-required',
    breaks: 'EVENT-017',
    why: 'drops fields without a space after the colon',
    fault: () => blockFault((lines) => lines.filter((line) => !/^\w+:(?! )/.test(line))),
  },
  {
    name: 'values-trimmed',
    breaks: 'EVENT-017',
    why: 'strips all the space around a value',
    fault: () => blockFault((lines) => lines.map((line) => line.replace(/^(\w+): +/, '$1: '))),
  },
  {
    name: 'last-data-line-alone',
    breaks: 'EVENT-018',
    why: 'takes the last data line of an event for its data',
    fault: () => fieldFault('data', (lines) => lines.slice(-1)),
  },
  {
    name: 'data-lines-run-together',
    breaks: 'EVENT-018',
    why: 'joins data lines with nothing between them',
    fault: () => fieldFault('data', (lines) => [`data:${lines.map((line) => line.replace(/^data: ?/, '')).join('')}`]),
  },
  {
    name: 'comments-are-fields',
    breaks: 'EVENT-019',
    why: 'strips the colon of a comment and reads on',
    fault: () => blockFault((lines) => lines.map((line) => line.replace(/^: */, ''))),
  },
  {
    name: 'comment-ends-the-event',
    breaks: 'EVENT-019',
    why: 'begins a new event after a comment',
    fault: () => blockFault((lines) => lines.map((line) => (line.startsWith(':') ? '' : line))),
  },
  {
    name: 'unknown-type-fails',
    breaks: 'EVENT-020',
    why: 'fails at a type that it does not know',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (KNOWN.includes(type)) {
            return sink.message(type, data, id);
          }
          sink.ended({ kind: 'media-type', mediaType: `an event of type ${type}` });
          return false;
        },
      })),
  },
  {
    name: 'unknown-type-is-an-error',
    breaks: 'EVENT-020',
    why: 'tells its user of an error for every type that it does not know',
    fault: () =>
      sinkFault((sink, _, print) => ({
        message(type, data, id) {
          if (!KNOWN.includes(type)) {
            print({ type: 'error', code: 'type', message: `unknown type ${type}` });
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'unknown-members-refused',
    breaks: 'EVENT-021',
    why: 'drops an event whose data have a member that it does not know',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) => Object.hasOwn(objectIn(data) ?? {}, 'x_vendor') || sink.message(type, data, id),
      })),
  },
  {
    name: 'unknown-type-is-silence',
    breaks: 'EVENT-022',
    why: 'restarts its silence timer with the types that it knows alone',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (KNOWN.includes(type)) {
            return sink.message(type, data, id);
          }
          sink.seen(id ?? '');
          return true;
        },
      })),
  },
  {
    name: 'unknown-type-keeps-the-cursor',
    breaks: 'EVENT-023',
    why: 'does not move its cursor with an event of a type that it does not know',
    fault: () =>
      sinkFault((sink) => ({
        message: (type, data, id) => sink.message(type, data, KNOWN.includes(type) ? id : undefined),
      })),
  },
  {
    name: 'events-of-64-kib',
    breaks: 'EVENT-024',
    why: 'takes no event of more than 64 KiB',
    fault: () => ({
      transport: (next) => (request, sink, clock) => next({ ...request, maxEventBytes: 64 * 1024 }, sink, clock),
    }),
  },
  {
    name: 'too-large-is-a-cut',
    breaks: 'EVENT-025',
    why: 'comes back again and again for an event over its limit, and never says why',
    fault: () => ({
      options: { maxEventBytes: 1024 * 1024 },
      ...sinkFault((sink) => ({
        ended: (end) => sink.ended(end.kind === 'too-large' ? { kind: 'cut', message: 'lost' } : end),
      })),
    }),
  },
  {
    name: 'silent-about-malformed-data',
    breaks: 'EVENT-026',
    why: 'comes back for malformed data and tells nobody why',
    fault: () =>
      lineFault((line) =>
        line.code === 'protocol-error' || line.code === 'connection-lost' ? [] : [{ ...line, message: undefined }],
      ),
  },
  {
    name: 'malformed-data-skipped',
    breaks: 'EVENT-027',
    alsoBreaks: ['EVENT-026'],
    why: 'moves its cursor past malformed data and goes on',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (KNOWN.includes(type) && objectIn(data) === undefined) {
            sink.seen(id ?? '');
            return true;
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'malformed-data-fail-at-once',
    breaks: 'EVENT-028',
    why: 'fails at the first malformed data',
    fault: () =>
      sinkFault((sink) => ({
        message(type, data, id) {
          if (KNOWN.includes(type) && objectIn(data) === undefined) {
            sink.ended({ kind: 'media-type', mediaType: 'malformed data' });
            return false;
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'malformed-data-tried-again-and-again',
    breaks: 'EVENT-028',
    why: 'takes malformed data for a cut, as often as they come',
    fault: () =>
      sinkFault((sink, _, print) => ({
        message(type, data, id) {
          if (KNOWN.includes(type) && objectIn(data) === undefined) {
            print({ type: 'diagnostic', code: 'protocol-error', message: 'malformed data' });
            sink.ended({ kind: 'cut', message: 'malformed data' });
            return false;
          }
          return sink.message(type, data, id);
        },
      })),
  },
  {
    name: 'id-up-to-nul',
    breaks: 'EVENT-029',
    why: 'takes what stands before the NUL for the id',
    fault: () => bodyFault(() => ({ take: (chunk) => chunk.filter((byte) => byte !== NUL) })),
  },
  {
    name: 'ids-compared-as-text',
    breaks: 'ID-008',
    why: 'takes "10" for a duplicate, since it comes before "9"',
    fault() {
      let last = '';
      return sinkFault((sink) => ({
        message(type, data, id) {
          if (id !== undefined && id <= last) {
            return true;
          }
          last = id ?? last;
          return sink.message(type, data, id);
        },
      }));
    },
  },
];
