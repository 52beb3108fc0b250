/** Twins that break the requirements on ids. */
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer } from './faulty-server.js';
import { changed } from './faulty-server.js';

const { formatEvent, contentData, completeData, heartbeatData, parseCursor } = defaultProtocol;

type Event = Parameters<typeof formatEvent>[0];

/** Writes ids in another way. */
const writing = (idLine: (event: Event) => string): Fault => ({
  protocol: {
    formatEvent: (event) => {
      const line = idLine(event);
      return formatEvent(event).replace(
        /^event: .*\n(?:id: .*\n)?/,
        (head) => `${head.replace(/id: .*\n/, '')}${line}`,
      );
    },
  },
});

const plain = ({ id }: Event): string => (id === undefined ? '' : `id: ${id}\n`);

/** Numbers events anew: `toWire` of what the store counts, and back for cursors. Members that count go along. */
const numbering = (
  toWire: (id: number) => number,
  toStore: (cursor: number) => number,
  headOf: (id: number) => number = toWire,
): Fault => ({
  protocol: {
    formatEvent: (event) => formatEvent(event.id === undefined ? event : { ...event, id: toWire(event.id) }),
    contentData: (input) => changed(contentData(input), { seq: toWire(input.id) }),
    completeData: (input) => changed(completeData(input), { seq: toWire(input.headId + 1) }),
    heartbeatData: (input) => changed(heartbeatData(input), { head_id: input.headId === 0 ? 0 : headOf(input.headId) }),
    parseCursor: (source) => {
      const cursor = parseCursor(source);
      return cursor === 0 ? 0 : toStore(cursor);
    },
  },
});

/** Near the end, where no cursor falls. */
const swapped = (id: number): number => (id === 40 ? 41 : id === 41 ? 40 : id);

export const idTwins: readonly FaultyServer[] = [
  {
    name: 'id-with-leading-zero',
    breaks: 'ID-001',
    why: 'writes an id with a leading zero now and then',
    fault: writing((event) => (event.id !== undefined && event.id % 9 === 8 ? `id: 0${event.id}\n` : plain(event))),
  },
  {
    name: 'id-opaque',
    breaks: 'ID-001',
    why: 'writes an opaque id now and then',
    fault: writing((event) => (event.id !== undefined && event.id % 9 === 8 ? `id: e${event.id}\n` : plain(event))),
  },
  {
    name: 'ids-out-of-order',
    breaks: 'ID-002',
    why: 'numbers two events the wrong way round',
    fault: numbering(
      swapped,
      (cursor) => cursor,
      (id) => (id === 40 ? 41 : id),
    ),
  },
  {
    name: 'id-given-twice',
    breaks: 'ID-002',
    why: 'gives one id to two events',
    fault: numbering(
      (id) => (id < 41 ? id : id - 1),
      (cursor) => (cursor < 40 ? cursor : cursor + 1),
    ),
  },
  {
    name: 'ids-by-two',
    breaks: 'ID-003',
    why: 'counts 1, 3, 5',
    fault: numbering(
      (id) => 2 * id - 1,
      (cursor) => Math.floor((cursor + 1) / 2),
    ),
  },
  {
    name: 'id-left-out',
    breaks: 'ID-003',
    why: 'skips a number in the middle of the stream',
    fault: numbering(
      (id) => (id < 40 ? id : id + 1),
      (cursor) => (cursor < 40 ? cursor : cursor - 1),
    ),
  },
  {
    name: 'chunk-without-id',
    breaks: 'ID-004',
    why: 'sends some chunks without an id',
    fault: {
      protocol: {
        ...writing((event) => (event.id !== undefined && event.id % 9 === 8 ? '' : plain(event))).protocol,
        contentData: (input) => changed(contentData(input), { seq: undefined }),
      },
    },
  },
  {
    name: 'heartbeat-with-head-id',
    breaks: 'ID-005',
    why: 'repeats the newest id with each heartbeat',
    fault: writing((event) => {
      const [, head] = /"head_id":([1-9]\d*)/.exec(event.type === 'heartbeat' ? event.data : '') ?? [];
      return head === undefined ? plain(event) : `id: ${head}\n`;
    }),
  },
  {
    name: 'heartbeat-with-next-id',
    breaks: 'ID-005',
    why: 'gives heartbeats the id of the event that comes next',
    fault: writing((event) => {
      const [, head] = /"head_id":(\d+)/.exec(event.type === 'heartbeat' ? event.data : '') ?? [];
      return head === undefined ? plain(event) : `id: ${Number(head) + 1}\n`;
    }),
  },
  {
    name: 'heartbeat-with-empty-id',
    breaks: 'ID-006',
    why: 'sends an empty id with each heartbeat',
    fault: writing((event) => (event.type === 'heartbeat' ? 'id:\n' : plain(event))),
  },
  {
    name: 'id-with-nul',
    breaks: 'ID-006',
    why: 'sends an id with NUL with each heartbeat',
    fault: writing((event) => (event.type === 'heartbeat' ? 'id: 1\0\n' : plain(event))),
  },
  {
    name: 'block-of-id-alone',
    breaks: 'ID-007',
    why: 'confirms some ids in a block of their own',
    fault: {
      protocol: {
        formatEvent: (event) =>
          event.type === 'content_chunk' && (event.id ?? 0) % 9 === 8
            ? `${formatEvent(event)}id: ${event.id}\n\n`
            : formatEvent(event),
      },
    },
  },
];
