/** Twins that break the requirements on the cap and on terminal events. */
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer, Listener } from './faulty-server.js';
import { changed, queryOf } from './faulty-server.js';

const { capDelayMs, completeData, deliver, encodeData } = defaultProtocol;

const isTerminal = ({ type }: { readonly type: string }): boolean => type === 'complete' || type === 'error';

/** Late enough for any judge: CAP-001 and END-003 allow a second. */
const LATE_MS = 1800;

const totalling = (change: (total: number) => number): Fault => ({
  protocol: { completeData: (input) => changed(completeData(input), { total_chunks: change(input.headId) }) },
});

/** The cap begins again with every connection. */
const cappingConnections = (): Fault => {
  const lastAtMs = new Map<string, number>();
  const around =
    (next: Listener): Listener =>
    (request, response) => {
      const id = queryOf(request).get('stream_id') ?? '';
      if (request.method === 'GET') lastAtMs.set(id, performance.timeOrigin + performance.now());
      next(request, response);
    };
  return {
    around,
    protocol: {
      capDelayMs: (record, nowMs) =>
        (lastAtMs.get(record.streamId) ?? record.createdAtMs) + record.maxSeconds * 1000 - nowMs,
    },
  };
};

/** Says after the terminal event what comes to its mind. */
const goingOn = (
  more: (event: { readonly id?: number; readonly data: string }) => { type: string; id?: number; data: string },
): Fault => ({
  protocol: {
    deliver: (event, delivery) => {
      const own = deliver(event, delivery);
      return isTerminal(event) ? [...own, more(event)] : own;
    },
  },
});

export const capAndEndTwins: readonly FaultyServer[] = [
  {
    name: 'cap-late',
    breaks: 'CAP-001',
    why: 'ends a stream 1.8 s after its cap',
    occasions: ['cap'],
    fault: { protocol: { capDelayMs: (record, nowMs) => capDelayMs(record, nowMs) + LATE_MS } },
  },
  {
    name: 'cap-as-done',
    breaks: 'CAP-001',
    why: 'calls a stream done that its cap has cut',
    occasions: ['cap'],
    fault: {
      protocol: {
        completeData: (input) =>
          changed(completeData(input), input.reason === 'duration_cap' ? { reason: 'done' } : {}),
      },
    },
  },
  {
    name: 'cap-of-connection',
    breaks: 'CAP-002',
    why: 'starts the cap again with every connection',
    occasions: ['cap'],
    fault: cappingConnections,
  },
  {
    name: 'cap-early',
    breaks: 'CAP-003',
    why: 'gives the reason duration_cap at two thirds of the cap',
    occasions: ['cap'],
    fault: { protocol: { capDelayMs: (record, nowMs) => capDelayMs(record, nowMs) - record.maxSeconds * 333 } },
  },
  {
    name: 'end-of-file-alone',
    breaks: 'END-001',
    why: 'closes the connection where the terminal event belongs',
    fault: { protocol: { deliver: (event, delivery) => (isTerminal(event) ? [] : deliver(event, delivery)) } },
  },
  {
    name: 'heartbeat-after-the-end',
    breaks: 'END-002',
    why: 'sends a note after the terminal event',
    fault: goingOn(({ data }) => {
      const { trace_id } = JSON.parse(data);
      return { type: 'note', data: JSON.stringify({ trace_id, note: 'bye' }) };
    }),
  },
  {
    name: 'two-ends',
    breaks: 'END-002',
    alsoBreaks: ['ID-004'],
    why: 'sends an error after complete',
    fault: goingOn(({ data }) => {
      const { trace_id }: { readonly trace_id?: unknown } = JSON.parse(data);
      const error = { code: 'late', message: 'Too late.', retryable: true, trace_id };
      return { type: 'error', data: JSON.stringify(error) };
    }),
  },
  {
    name: 'closes-late',
    breaks: 'END-003',
    why: 'leaves the connection open for 3 s after the terminal event',
    fault: { protocol: { closeDelayMs: () => 3000, heartbeatDelayMs: () => 100_000 }, text: { chunks: 20 } },
  },
  {
    name: 'total-counts-the-end',
    breaks: 'END-004',
    why: 'counts the terminal event as a chunk',
    fault: totalling((total) => total + 1),
  },
  {
    name: 'total-one-less',
    breaks: 'END-004',
    why: 'forgets the last chunk in total_chunks',
    fault: totalling((total) => Math.max(0, total - 1)),
  },
  {
    name: 'failure-as-done',
    breaks: 'END-005',
    why: 'calls a stream done whose generation failed',
    occasions: ['error'],
    fault: { text: { failsInBand: false } },
  },
  {
    name: 'two-outcomes',
    breaks: 'END-006',
    why: 'tells every second reader another reason',
    fault: {
      protocol: {
        deliver: (event, delivery) => {
          const own = deliver(event, delivery);
          const data: { readonly reason?: unknown } = JSON.parse(event.data);
          return data.reason === 'done' && delivery.connection % 2 === 0
            ? [{ ...event, data: encodeData(changed(data, { reason: 'x-other' })) }]
            : own;
        },
      },
    },
  },
];
