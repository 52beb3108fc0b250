/** Clients unlike the reference that break nothing: whatever is held against them is the kit's fault. */
import { delayFault } from './backoff.js';
import type { ClientFault } from './faulty-client.js';
import { lineFault, requestFault } from './seams.js';

export interface SoundClient {
  /** Kebab case, unique. */
  readonly name: string;
  /** What it does in another way, in one line. */
  readonly why: string;
  readonly fault: () => ClientFault;
}

export const soundClients: readonly SoundClient[] = [
  {
    name: 'half-jitter',
    why: 'draws each delay from half of the backoff up to it',
    fault: () => delayFault((n) => Math.min(1000 * 2 ** n, 5000) * (0.5 + 0.5 * Math.random())),
  },
  {
    name: 'three-attempts',
    why: 'was configured to give up after three attempts',
    fault: () => ({ options: { maxReconnectAttempts: 3 } }),
  },
  {
    name: 'cursor-in-the-query',
    why: 'sends its cursor in the query, as a browser has to',
    fault: () =>
      requestFault((request) => {
        const headers = new Headers(request.headers);
        headers.delete('Last-Event-ID');
        const url = new URL(request.url);
        if (request.cursor > 0) {
          url.searchParams.set('last_event_id', String(request.cursor));
        }
        return { ...request, url: url.href, headers };
      }),
  },
  {
    name: 'no-states',
    why: 'reports events, errors and diagnostics, and no states',
    fault: () => lineFault((line) => (line.type === 'state' ? [] : [line])),
  },
  {
    name: 'reports-nothing',
    why: 'shows what it does on the wire alone',
    fault: () => lineFault(() => []),
  },
  {
    name: 'smallest-limit',
    why: 'takes events of 1 MiB and no larger ones, and keeps heartbeats to itself',
    fault: () => ({
      options: { maxEventBytes: 1024 * 1024 },
      ...lineFault((line) => (line.event === 'heartbeat' ? [] : [line])),
    }),
  },
];
