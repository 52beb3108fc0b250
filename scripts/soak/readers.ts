/** The readers of a soak, as a process: each reads one stream after the other, and loses its connection now and then. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { Tally } from './tally.js';

const [, , url = '', streams = '0', seconds = '0'] = process.argv;
const stopAtMs = performance.now() + Number(seconds) * 1000;
/** One stream in so many loses its connection on the way. */
const CUT_ONE_IN = 5;
const MOST_CONNECTIONS = 10;
const COME_BACK_MS = 1000;

const tally = { ended: 0, whole: 0, events: 0, lost: 0, doubled: 0, errors: 0, resumed: 0, failed: 0 } satisfies Tally;
process.on('message', () => process.send?.(tally));

let started = 0;

function open(target: URL, lastId: number): Promise<IncomingMessage> {
  const headers = { accept: 'text/event-stream', ...(lastId > 0 && { 'last-event-id': String(lastId) }) };
  return new Promise((resolve, reject) => get(target, { headers, agent: false }, resolve).once('error', reject));
}

/** A whole stream, over as many connections as it takes. */
async function readStream(): Promise<void> {
  started += 1;
  const target = new URL(url);
  target.searchParams.set('stream_id', `soak-${process.pid}-${started}`);
  let cutAt = started % CUT_ONE_IN === 0 ? 20 + (started % 100) : Number.POSITIVE_INFINITY;
  let lastId = 0;
  let lost = 0;
  let terminal = '';
  for (let connections = 0; terminal === '' && connections < MOST_CONNECTIONS; connections += 1) {
    if (connections > 0) {
      tally.resumed += 1;
      await setTimeout(COME_BACK_MS * Math.random());
    }
    const message = await open(target, lastId).catch(() => undefined);
    if (message?.statusCode !== 200) {
      message?.resume();
      continue;
    }
    const parser = createParser({
      onEvent: ({ id, event = '' }) => {
        if (id === undefined) return;
        tally.events += 1;
        if (Number(id) <= lastId) tally.doubled += 1;
        lost += Math.max(0, Number(id) - lastId - 1);
        lastId = Number(id);
        if (event !== 'content_chunk') terminal = event;
      },
    });
    message.setEncoding('utf8').on('data', (text: string) => {
      parser.feed(text);
      if (lastId < cutAt) return;
      cutAt = Number.POSITIVE_INFINITY;
      message.destroy();
    });
    await new Promise((resolve) => message.once('close', resolve).on('error', resolve));
  }
  tally.ended += 1;
  tally.lost += lost;
  if (terminal === 'error') tally.errors += 1;
  else if (terminal === '') tally.failed += 1;
  else if (lost === 0) tally.whole += 1;
}

/** Readers come one after the other, spread over a tenth of the time. */
async function readOn(delayMs: number): Promise<void> {
  await setTimeout(delayMs);
  while (performance.now() < stopAtMs) await readStream();
}

const spreadMs = Math.min(30_000, Number(seconds) * 100);
await Promise.all(Array.from({ length: Number(streams) }, (_, index) => readOn((index / Number(streams)) * spreadMs)));
process.send?.({ ...tally, over: true });
process.disconnect?.();
