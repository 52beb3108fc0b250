/** Twins that break the requirements on what is retried, and with which cursor. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionEnd } from '../../client/transport.js';
import type { FaultyClient, Fetch } from './faulty-client.js';
import { bodyFault, endFault, headerFault, requestFault, sinkFault } from './seams.js';

const CUT: ConnectionEnd = { kind: 'cut', message: 'lost' };
const FINAL: ConnectionEnd = { kind: 'media-type', mediaType: 'nothing' };

/** One status taken as another kind of end. */
const statusFault = (isMeant: (status: number) => boolean, as: ConnectionEnd) =>
  endFault((end) => (end.kind === 'status' && isMeant(end.status) ? as : end));

const CURSOR = 'Last-Event-ID';

export const retryTwins: readonly FaultyClient[] = [
  {
    name: 'cut-is-final',
    breaks: 'RETRY-001',
    why: 'fails where a connection that was open ends',
    fault: () => endFault((end, wasOpen) => (end.kind === 'cut' && wasOpen ? FINAL : end)),
  },
  {
    name: 'network-error-is-final',
    breaks: 'RETRY-001',
    why: 'fails where a connection never was open',
    fault: () => endFault((end, wasOpen) => (end.kind === 'cut' && !wasOpen ? FINAL : end)),
  },
  {
    name: 'reset-is-final',
    breaks: 'RETRY-001',
    why: 'comes back after a clean end alone',
    fault: () => endFault((end) => (end.kind === 'cut' && !/without a terminal/.test(end.message) ? FINAL : end)),
  },
  {
    name: 'too-many-requests-is-final',
    breaks: 'RETRY-002',
    why: 'fails on 429',
    fault: () => statusFault((status) => status === 429, FINAL),
  },
  {
    name: 'no-status-is-retried',
    breaks: 'RETRY-002',
    why: 'fails on every status but 200',
    fault: () => statusFault((status) => status >= 400, FINAL),
  },
  {
    name: 'early-is-final',
    breaks: 'RETRY-002',
    why: 'fails on 425, which it does not know',
    fault: () => statusFault((status) => status === 425, FINAL),
  },
  {
    name: 'finished-is-retried',
    breaks: 'RETRY-003',
    why: 'comes back after 204',
    fault: () => statusFault((status) => status === 204, CUT),
  },
  {
    name: 'not-found-is-retried',
    breaks: 'RETRY-004',
    alsoBreaks: ['STATE-008'],
    why: 'comes back after 404',
    fault: () => statusFault((status) => status === 404, CUT),
  },
  {
    name: 'every-status-is-retried',
    breaks: 'RETRY-004',
    alsoBreaks: ['STATE-008'],
    why: 'comes back after every status of the 400s',
    fault: () => statusFault((status) => status >= 400, CUT),
  },
  {
    name: 'media-type-is-retried',
    breaks: 'RETRY-005',
    alsoBreaks: ['STATE-008'],
    why: 'comes back after an answer of another media type',
    fault: () => endFault((end) => (end.kind === 'media-type' ? CUT : end)),
  },
  {
    name: 'cursor-not-sent',
    breaks: 'RETRY-016',
    why: 'sends no cursor at all',
    fault: () => headerFault((headers) => headers.delete(CURSOR)),
  },
  {
    name: 'cursor-one-behind',
    breaks: 'RETRY-016',
    alsoBreaks: [
      'EVENT-016',
      'EVENT-017',
      'EVENT-018',
      'EVENT-019',
      'EVENT-021',
      'EVENT-023',
      'EVENT-029',
      'ID-008',
      'DEDUPE-005',
    ],
    why: 'sends the id before the last one',
    fault: () =>
      headerFault((headers) => {
        const cursor = Number(headers.get(CURSOR));
        if (cursor > 1) {
          headers.set(CURSOR, String(cursor - 1));
        }
      }),
  },
  {
    name: 'cursor-sent-once',
    breaks: 'RETRY-016',
    alsoBreaks: ['RETRY-018'],
    why: 'sends its cursor with the first reconnection alone',
    fault: () => headerFault((headers, count) => (count > 1 ? headers.delete(CURSOR) : undefined)),
  },
  {
    name: 'cursor-of-half-an-event',
    breaks: 'RETRY-017',
    why: 'moves its cursor with the id line, before the event is whole',
    fault() {
      let half = '';
      const tail = (next: Fetch): Fetch => {
        return async (input, init) => {
          const response = await next(input, init);
          const decoder = new TextDecoder();
          const looking = new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              half = `${half}${decoder.decode(chunk, { stream: true })}`.split('\n\n').at(-1) ?? '';
              controller.enqueue(chunk);
            },
          });
          return response.status === 200 && response.body !== null
            ? new Response(response.body.pipeThrough(looking), { headers: response.headers })
            : response;
        };
      };
      return {
        fetch: tail,
        ...sinkFault((sink) => ({
          ended(end) {
            sink.seen(/^id: ([0-9]+)$/m.exec(half)?.[1] ?? '');
            half = '';
            sink.ended(end);
          },
        })),
      };
    },
  },
  {
    name: 'last-block-dispatched',
    breaks: 'RETRY-017',
    why: 'dispatches what stands before the end of the connection as if a blank line had come',
    fault: () => bodyFault(() => ({ take: (chunk) => chunk, finish: () => new TextEncoder().encode('\n\n') })),
  },
  {
    name: 'cursor-lost-on-redirect',
    breaks: 'RETRY-016',
    why: 'follows a redirect without its cursor',
    fault: () => ({
      fetch: (next) => async (input, init) => {
        const response = await next(input, { ...init, redirect: 'manual' });
        const location = response.headers.get('location');
        if (response.status !== 307 || location === null) {
          return response;
        }
        const headers = new Headers(init?.headers);
        headers.delete(CURSOR);
        return next(new URL(location, String(input)), { ...init, headers });
      },
    }),
  },
  {
    name: 'cursor-lost-with-an-attempt',
    breaks: 'RETRY-018',
    alsoBreaks: ['RETRY-016'],
    why: 'begins from the start after an attempt that failed',
    fault() {
      let failed = false;
      return {
        ...headerFault((headers) => (failed ? headers.delete(CURSOR) : undefined)),
        fetch: (next) => async (input, init) => {
          failed = true;
          const response = await next(input, init);
          failed = response.status !== 200;
          return response;
        },
      };
    },
  },
  {
    name: 'cursor-under-one-name',
    breaks: 'RETRY-019',
    why: 'stores its cursor under the same name for all streams',
    fault(folder = '.') {
      const file = join(folder, 'last-event-id');
      const stored = read(file);
      return {
        options: stored === 0 ? {} : { lastEventId: stored },
        ...sinkFault((sink) => ({
          message(type, data, id) {
            const on = sink.message(type, data, id);
            if (id !== undefined) {
              mkdirSync(folder, { recursive: true });
              writeFileSync(file, id);
            }
            return on;
          },
        })),
      };
    },
  },
  {
    name: 'cursor-kept-after-the-end',
    breaks: 'RETRY-020',
    why: 'stores its cursor, and leaves it there when the stream is complete',
    fault(folder = '.') {
      const streamId = new URL(process.env.SSE_URL ?? '').searchParams.get('stream_id') ?? 'none';
      const fileOf = (id: string): string => join(folder, `cursor-${id}`);
      return {
        options: {
          streamId,
          cursorStore: {
            get: (id) => read(fileOf(id)) || undefined,
            set(id, cursor) {
              mkdirSync(folder, { recursive: true });
              writeFileSync(fileOf(id), String(cursor));
            },
            delete: () => undefined,
          },
        },
      };
    },
  },
  {
    name: 'waits-for-an-answer',
    breaks: 'RETRY-022',
    why: 'waits 13 s for an answer to begin',
    fault: () => requestFault((request) => ({ ...request, connectTimeoutMs: 13_000 })),
  },
];

function read(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}
