/** Clients that are written in an afternoon: nothing of the reference is in them. */
import type { Print } from '../../client/report-lines.js';
import type { FaultyClient } from './faulty-client.js';
import { objectIn } from './seams.js';

interface Message {
  readonly type: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Reads the events of an answer, LF line ends alone; calls back for each. */
async function read(response: Response, take: (message: Message) => void): Promise<void> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of response.body ?? []) {
    const blocks = `${pending}${decoder.decode(chunk, { stream: true })}`.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const value = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
      const data = value('data');
      if (data !== undefined) {
        take({ type: value('event') ?? 'message', data, id: value('id') });
      }
    }
  }
}

/** Like a browser's EventSource that nobody closes: a fixed delay, for ever, and no look at what comes. */
async function follow(url: string, print: Print): Promise<void> {
  let last = '';
  for (;;) {
    try {
      const response = await fetch(url, { headers: last === '' ? {} : { 'Last-Event-ID': last } });
      if (response.status !== 200 || !response.headers.get('content-type')?.includes('text/event-stream')) {
        return;
      }
      await read(response, ({ type, data, id }) => {
        last = id ?? last;
        print({ type: 'event', event: type, id: id ?? null, data: objectIn(data) ?? data });
      });
    } catch {
      // Comes back as after any end.
    }
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

/** Reads to the end of the answer, whatever that was. */
async function readOnce(url: string, print: Print): Promise<void> {
  const response = await fetch(url);
  await read(response, ({ type, data, id }) =>
    print({ type: 'event', event: type, id: id ?? null, data: objectIn(data) ?? data }),
  );
  print({ type: 'state', state: 'completed' });
}

export const naiveTwins: readonly FaultyClient[] = [
  {
    name: 'event-source-that-nobody-closes',
    breaks: 'END-009',
    alsoBreaks: [
      'END-008',
      'END-010',
      'END-011',
      'END-012',
      'EVENT-026',
      'EVENT-027',
      'HEARTBEAT-013',
      'DEDUPE-001',
      'DEDUPE-004',
      'RETRY-006',
      'RETRY-007',
      'RETRY-008',
      'RETRY-013',
    ],
    why: 'comes back every three seconds, also when all is over',
    program: (url, print) => void follow(url, print),
  },
  {
    name: 'reads-once',
    breaks: 'END-007',
    alsoBreaks: [
      'RETRY-001',
      'END-008',
      'END-010',
      'END-011',
      'HTTP-036',
      'STATE-002',
      'EVENT-026',
      'EVENT-027',
      'HEARTBEAT-013',
      'DEDUPE-004',
      'RETRY-002',
      'STATE-006',
      'STATE-008',
    ],
    why: 'reads one answer to its end and calls that the end',
    program: (url, print) => void readOnce(url, print).catch(() => undefined),
  },
];
