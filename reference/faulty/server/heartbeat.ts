/** Twins that break the requirements on heartbeats. */
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer } from './faulty-server.js';
import { changed, resumes } from './faulty-server.js';
import { currentRequest } from './site.js';

const { heartbeatData, parameterHeaders, heartbeatDelayMs } = defaultProtocol;

type Input = Parameters<typeof heartbeatData>[0];

/** Other members in every heartbeat. */
const telling = (members: (input: Input, data: object) => Readonly<Record<string, unknown>>): Fault => ({
  protocol: {
    heartbeatData: (input) => {
      const data = heartbeatData(input);
      return changed(data, members(input, data));
    },
  },
});

/** Declares other parameters than it keeps, in headers and heartbeats alike. */
const declaring = (headers: Readonly<Record<string, string>>, members: Readonly<Record<string, number>>): Fault => ({
  protocol: {
    parameterHeaders: (record, settings) => ({ ...parameterHeaders(record, settings), ...headers }),
    heartbeatData: (input) => changed(heartbeatData(input), members),
  },
});

/** Seconds since the creation of the stream. */
const ageOf = ({ record, nowMs }: Input): number => (nowMs - record.createdAtMs) / 1000;

/** A stream that lasts long enough for a heartbeat to be late, and slow enough to cost little. */
const LONGER = { text: { chunks: 60, chunkDelayMs: 55 }, settings: { maxSeconds: 4 } };

/** Longer than HEARTBEAT-003 allows for an interval of 0.2 s, with the grace of any judge. */
const LATE_MS = 1600;

/** Delays the first heartbeat of a stream's first connection. */
const delayingFirst = (delayMs: number): Fault => {
  const known = new Set<string>();
  return {
    protocol: {
      firstHeartbeatDelayMs: () => {
        const request = currentRequest();
        const url = request?.url ?? '';
        const creates = request !== undefined && !resumes(request) && !known.has(url);
        known.add(url);
        return creates ? delayMs : 0;
      },
    },
  };
};

export const heartbeatTwins: readonly FaultyServer[] = [
  {
    name: 'first-heartbeat-late',
    breaks: 'HEARTBEAT-001',
    why: 'sends a new stream its first heartbeat when the generation begins, after 1.8 s',
    fault: () => ({ ...delayingFirst(1800), settings: { maxSeconds: 4 }, text: { startDelayMs: 1900 } }),
  },
  {
    name: 'first-heartbeat-second',
    breaks: 'HEARTBEAT-002',
    why: 'sends a new stream its first heartbeat when the first chunks have gone',
    fault: () => delayingFirst(70),
  },
  {
    name: 'resumed-without-heartbeat',
    breaks: 'HEARTBEAT-002',
    why: 'begins a resumed connection with its replay, and has no heartbeat for it',
    fault: {
      protocol: {
        firstHeartbeatDelayMs: () => {
          const request = currentRequest();
          return request !== undefined && resumes(request) ? 100_000 : 0;
        },
      },
    },
  },
  {
    name: 'heartbeat-late',
    breaks: 'HEARTBEAT-003',
    why: 'sends a heartbeat every 1.6 s and declares 0.2 s',
    fault: { ...LONGER, protocol: { heartbeatDelayMs: () => LATE_MS } },
  },
  {
    name: 'heartbeat-paused',
    breaks: 'HEARTBEAT-003',
    why: 'leaves heartbeats out after the first few, while content flows',
    fault: {
      ...LONGER,
      protocol: {
        heartbeatDelayMs: (settings, count, resumed) => (count < 4 ? heartbeatDelayMs(settings, count, resumed) : 5000),
      },
    },
  },
  {
    name: 'heartbeat-too-often',
    breaks: 'HEARTBEAT-004',
    why: 'sends ten heartbeats in each interval',
    fault: { settings: { heartbeatInterval: 0.4, silenceThreshold: 1.2 }, protocol: { heartbeatDelayMs: () => 40 } },
  },
  {
    name: 'interval-too-long',
    breaks: 'HEARTBEAT-005',
    why: 'declares a heartbeat every 20 s, and keeps it',
    fault: {
      protocol: {
        ...declaring(
          { 'X-Heartbeat-Interval': '20', 'X-Silence-Threshold': '60' },
          { heartbeat_interval: 20, silence_threshold: 60 },
        ).protocol,
        heartbeatDelayMs: () => 20_000,
      },
    },
  },
  {
    name: 'threshold-too-short',
    breaks: 'HEARTBEAT-006',
    why: 'declares a silence threshold of two intervals',
    fault: declaring({ 'X-Silence-Threshold': '0.4' }, { silence_threshold: 0.4 }),
  },
  {
    name: 'heartbeat-without-timestamp',
    breaks: 'HEARTBEAT-007',
    why: 'leaves timestamp out',
    fault: telling(() => ({ timestamp: undefined })),
  },
  {
    name: 'heartbeat-local-time',
    breaks: 'HEARTBEAT-007',
    why: 'writes the time without its zone',
    fault: telling(() => ({ timestamp: '2026-11-21 10:00:00' })),
  },
  {
    name: 'heartbeat-numbers-as-text',
    breaks: 'HEARTBEAT-007',
    why: 'writes uptime_seconds as a string',
    fault: telling((input) => ({ uptime_seconds: String(ageOf(input)) })),
  },
  {
    name: 'heartbeat-other-interval',
    breaks: 'HEARTBEAT-008',
    why: 'declares another interval in heartbeats than in headers',
    fault: telling(() => ({ heartbeat_interval: 0.25, silence_threshold: 0.75 })),
  },
  {
    name: 'heartbeat-other-cap',
    breaks: 'HEARTBEAT-008',
    why: 'declares another cap in headers than in heartbeats',
    fault: {
      protocol: {
        parameterHeaders: (record, settings) => ({
          ...parameterHeaders(record, settings),
          'X-Stream-Max-Seconds': '1.4',
        }),
      },
    },
  },
  {
    name: 'heartbeat-count-stuck',
    breaks: 'HEARTBEAT-009',
    why: 'counts every heartbeat as the first',
    fault: telling(() => ({ heartbeat_count: 1 })),
  },
  {
    name: 'heartbeat-count-by-two',
    breaks: 'HEARTBEAT-009',
    why: 'counts heartbeats by two',
    fault: telling(({ count }) => ({ heartbeat_count: 2 * count })),
  },
  {
    name: 'remaining-stuck',
    breaks: 'HEARTBEAT-010',
    why: 'says that the whole cap remains, always',
    fault: { ...LONGER, ...telling(({ record }) => ({ remaining_seconds: record.maxSeconds })) },
  },
  {
    name: 'remaining-in-milliseconds',
    breaks: 'HEARTBEAT-010',
    why: 'writes remaining_seconds in milliseconds',
    fault: telling((input) => ({
      remaining_seconds: Math.max(0, Math.round((input.record.maxSeconds - ageOf(input)) * 1000)),
    })),
  },
  {
    name: 'total-chunks-one-more',
    breaks: 'HEARTBEAT-011',
    why: 'counts a chunk more than there is',
    fault: telling((_input, data) => ('total_chunks' in data ? { total_chunks: Number(data.total_chunks) + 1 } : {})),
  },
  {
    name: 'total-chunks-of-connection',
    breaks: 'HEARTBEAT-011',
    why: 'always says that there were no chunks',
    fault: telling(() => ({ total_chunks: 0 })),
  },
  {
    name: 'head-id-stuck',
    breaks: 'HEARTBEAT-012',
    why: 'always says that nothing was sent yet',
    fault: telling(() => ({ head_id: 0 })),
  },
  {
    name: 'head-id-behind',
    breaks: 'HEARTBEAT-012',
    why: 'names an id five events back',
    fault: telling(({ headId }) => ({ head_id: Math.max(0, headId - 5) })),
  },
  {
    name: 'heartbeat-of-another-stream',
    breaks: 'HEARTBEAT-016',
    why: 'names the stream otherwise than the header does',
    fault: telling(({ record }) => ({ stream_id: `s-${record.streamId}`.slice(0, 128) })),
  },
];
