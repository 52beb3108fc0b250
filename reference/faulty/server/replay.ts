/** Twins that break the requirements on replay. */
import { Refusal } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer, Listener } from './faulty-server.js';
import { queryOf, resumes } from './faulty-server.js';
import { currentRequest } from './site.js';

const { decideResumption, deliver, admitsReader } = defaultProtocol;

type Event = Parameters<typeof deliver>[0];
type Delivery = Parameters<typeof deliver>[1];

/** A stream that lasts long enough to tell a connection that is closed from one that stays. */
const LONGER = { settings: { maxSeconds: 4 }, text: { chunks: 60, chunkDelayMs: 55 } };

const delivering = (change: (event: Event, delivery: Delivery) => readonly Event[]): Fault => ({
  protocol: { deliver: change },
});

const deciding = (change: typeof decideResumption): Fault => ({ protocol: { decideResumption: change } });

/** Repeats the event at the cursor: greater or equal. */
const inclusive = (): Fault => {
  const kept = new Map<string, Event>();
  return delivering((event, { record, cursor }) => {
    kept.set(`${record.streamId} ${event.id}`, event);
    const before = kept.get(`${record.streamId} ${cursor}`);
    return before !== undefined && event.id === cursor + 1 ? [before, event] : [event];
  });
};

/** Serves what has ended for a second, and then says that it is no longer kept. */
const forgettingSoon = (): Fault => {
  const firstAskedAtMs = new Map<string, number>();
  return deciding((cursor, state) => {
    const request = currentRequest();
    if (request === undefined || state?.ended !== true || cursor === 0 || cursor >= state.headId) {
      return decideResumption(cursor, state);
    }
    const streamId = queryOf(request).get('stream_id') ?? '';
    const now = performance.now();
    const since = firstAskedAtMs.get(streamId) ?? now;
    firstAskedAtMs.set(streamId, since);
    const members = { requested: cursor, earliest_available: state.headId + 1 };
    return now - since < 1000 ? { kind: 'serve' } : { kind: 'refuse', code: 'replay_gap', members };
  });
};

/** The first live event after a replay is in both. */
const doublingSeam = (): Fault => {
  const replayedTo = new Map<number, Event>();
  return delivering((event, { connection, cursor, replayed }) => {
    if (cursor === 0) return [event];
    const last = replayedTo.get(connection);
    if (replayed) replayedTo.set(connection, event);
    else replayedTo.delete(connection);
    return !replayed && last !== undefined ? [last, event] : [event];
  });
};

/** Answers a reader that joins a running stream with nothing, now and then. */
const emptyNowAndThen = (): Fault => {
  const asked = new Map<string, number>();
  const around =
    (next: Listener): Listener =>
    (request, response) => {
      const id = queryOf(request).get('stream_id') ?? '';
      const count = (asked.get(id) ?? 0) + 1;
      asked.set(id, count);
      if (request.method !== 'GET' || resumes(request) || count !== 6) {
        next(request, response);
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).end();
    };
  return { around };
};

const respaced = (event: Event): Event => ({
  ...event,
  data: JSON.stringify(JSON.parse(event.data), null, 1).replaceAll('\n', ''),
});

export const replayTwins: readonly FaultyServer[] = [
  {
    name: 'loses-one-on-resume',
    breaks: 'REPLAY-006',
    why: 'leaves out the first event after the cursor',
    fault: delivering((event, delivery) =>
      delivery.cursor > 0 && event.id === delivery.cursor + 1 && event.type === 'content_chunk' ? [] : [event],
    ),
  },
  {
    name: 'loses-one-at-the-seam',
    breaks: 'REPLAY-006',
    why: 'loses the first event that is produced after the replay',
    fault: () => {
      const seen = new Set<number>();
      return delivering((event, { connection, cursor, replayed }) => {
        const first = !replayed && !seen.has(connection);
        if (first) seen.add(connection);
        return first && cursor > 0 && event.type === 'content_chunk' ? [] : [event];
      });
    },
  },
  {
    name: 'doubles-the-seam',
    breaks: 'REPLAY-007',
    why: 'sends the last replayed event once more when it goes on live',
    fault: doublingSeam,
  },
  {
    name: 'swaps-two-in-replay',
    breaks: 'REPLAY-007',
    why: 'replays two events the wrong way round',
    fault: () => {
      const held = new Map<number, Event>();
      return delivering((event, { connection, replayed }) => {
        if (replayed && event.id === 10) {
          held.set(connection, event);
          return [];
        }
        const late = held.get(connection);
        held.delete(connection);
        return late === undefined ? [event] : [event, late];
      });
    },
  },
  {
    name: 'cursor-inclusive',
    breaks: 'REPLAY-008',
    why: 'begins with the event at the cursor',
    fault: inclusive,
  },
  {
    name: 'closes-after-replay',
    breaks: 'REPLAY-009',
    why: 'closes a resumed connection when the replay is through',
    fault: { protocol: { followsLive: (resumed) => !resumed }, ...LONGER },
  },
  {
    name: 'silent-after-replay',
    breaks: 'REPLAY-009',
    why: 'sends a resumed connection heartbeats alone when the replay is through, and closes at the end',
    fault: {
      ...delivering((event, { cursor, replayed }) => (!replayed && cursor > 0 ? [] : [event])),
      ...LONGER,
    },
  },
  {
    name: 'zero-as-head',
    breaks: 'REPLAY-010',
    why: 'takes the cursor 0 for "from now on"',
    fault: delivering((event, { replayed }) =>
      replayed && event.type === 'content_chunk' && currentRequest()?.headers['last-event-id'] === '0' ? [] : [event],
    ),
  },
  {
    name: 'joins-at-the-head',
    breaks: 'REPLAY-010',
    why: 'sends a reader without a cursor what comes from now on',
    fault: delivering((event, { cursor, replayed }) =>
      replayed && cursor === 0 && event.type === 'content_chunk' ? [] : [event],
    ),
  },
  {
    name: 'replays-100-at-most',
    breaks: 'REPLAY-011',
    why: 'replays 100 events and closes',
    occasions: ['long'],
    fault: { protocol: { replayLimit: () => 100 } },
  },
  {
    name: 'forgets-at-the-end',
    breaks: 'REPLAY-017',
    why: 'answers every cursor with 204 once the stream has ended',
    fault: deciding((cursor, state) =>
      state?.ended === true && cursor > 0 && cursor < state.headId
        ? { kind: 'finished' }
        : decideResumption(cursor, state),
    ),
  },
  {
    name: 'forgets-soon',
    breaks: 'REPLAY-017',
    why: 'drops the history a second after it was first asked for when the stream had ended',
    fault: forgettingSoon,
  },
  {
    name: 'replay-without-the-end',
    breaks: 'REPLAY-017',
    why: 'replays the chunks of a stream that has ended, and closes before its terminal event',
    fault: delivering((event, { replayed, cursor }) =>
      replayed && cursor > 0 && event.type !== 'content_chunk' ? [] : [event],
    ),
  },
  {
    name: 'empty-now-and-then',
    breaks: 'REPLAY-018',
    why: 'answers a reader now and then with an event stream that closes at once',
    fault: emptyNowAndThen,
  },
  {
    name: 'replay-respaced',
    breaks: 'REPLAY-021',
    why: 'serialises events anew for a replay',
    fault: delivering((event, { replayed }) => [replayed ? respaced(event) : event]),
  },
  {
    name: 'replay-stamped',
    breaks: 'REPLAY-021',
    why: 'marks replayed events as replayed',
    fault: delivering((event, { replayed }) => [
      replayed ? { ...event, data: JSON.stringify({ ...JSON.parse(event.data), replayed: true }) } : event,
    ]),
  },
  {
    name: 'one-reader-alone',
    breaks: 'REPLAY-022',
    alsoBreaks: ['REPLAY-001', 'REPLAY-002', 'REPLAY-003', 'REPLAY-005', 'REPLAY-010'],
    why: 'refuses a second reader with 409',
    fault: {
      protocol: {
        admitsReader: (readers, settings) => {
          if (readers > 0) throw new Refusal(409, 'busy', 'This stream is being read.');
          return admitsReader(readers, settings);
        },
      },
    },
  },
];
