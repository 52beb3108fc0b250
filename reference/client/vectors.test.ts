/** The language-neutral test vectors, through the fetch transport, the parameters and the backoff. */
import { describe, expect, it } from 'vitest';
import { loadBackoffVectors, loadParameterVectors, loadWireVectors } from '../../schemas/1.0/vectors.js';
import { delayBefore, floorOf, parseRetryAfter } from './backoff.js';
import { systemClock } from './clock.js';
import { fetchTransport } from './fetch-transport.js';
import { defaultsOf, fromHeaders, fromHeartbeat } from './parameters.js';
import type { ConnectionEnd } from './transport.js';
import type { Diagnostic } from './types.js';

interface Read {
  readonly events: { type: string; data: string; id: string | undefined }[];
  readonly retries: (number | string)[];
  readonly end: ConnectionEnd;
}

/** Reads chunks with the fetch transport, as from the network. */
function readChunks(chunks: readonly Uint8Array[]): Promise<Read> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const answer = () => Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  return new Promise((resolve) => {
    const events: Read['events'] = [];
    const retries: Read['retries'] = [];
    const request = {
      url: 'http://localhost/',
      method: 'GET' as const,
      cursor: 0,
      headers: new Headers(),
      connectTimeoutMs: 10_000,
      maxEventBytes: 4 * 1024 * 1024,
    };
    const sink = {
      accepted: () => undefined,
      message: (type: string, data: string, id: string | undefined) => events.push({ type, data, id }) > 0,
      retry: (value: number | string) => retries.push(value),
      seen: () => undefined,
      room: () => undefined,
      ended: (end: ConnectionEnd) => resolve({ events, retries, end }),
    };
    fetchTransport(answer)(request, sink, systemClock);
  });
}

/** An EventSource carries the id of a block without data over to the next event; this client drops it with its block. */
const IDS_OF_BLOCKS_WITHOUT_DATA = new Set(['id-only-then-an-event', 'id-empty-only', 'priming-id']);

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  return chunks;
}

describe.each(loadWireVectors())(
  'wire vector $name',
  ({ name, why, bytes: encoded, chunkings = [], expect: expected }) => {
    const bytes = Buffer.from(encoded, 'base64');
    const ways = [[bytes.length], Array.from(bytes, () => 1), ...chunkings];

    it.each(ways.map((lengths) => [lengths] as const))(`in chunks of %j: ${why}`, async (lengths) => {
      const { events, retries, end } = await readChunks(cut(bytes, lengths));
      expect(events.map(({ type, data }) => ({ type, data }))).toEqual(
        expected.events.map(({ type, data }) => ({ type, data })),
      );
      // An event shows its own id here; an EventSource shows the last one.
      for (const [index, { id }] of IDS_OF_BLOCKS_WITHOUT_DATA.has(name) ? [] : events.entries()) {
        expect(id ?? expected.events[index - 1]?.lastEventId ?? '').toBe(expected.events[index]?.lastEventId);
      }
      expect(retries.findLast((value) => typeof value === 'number') ?? null).toBe(expected.reconnectionTimeMs);
      expect(end.kind).toBe('cut');
    });
  },
);

it.each(loadParameterVectors())('parameter vector $name: $why', ({ headers, heartbeat, expect: expected }) => {
  const unusable: (string | undefined)[] = [];
  const diagnose = (diagnostic: Diagnostic) => unusable.push(diagnostic.parameter?.toLowerCase());
  const parameters = fromHeaders((name) => headers[name.toLowerCase()] ?? null, defaultsOf({}), diagnose);
  if (heartbeat !== null) {
    fromHeartbeat(heartbeat, parameters, diagnose);
  }
  expect({ ...parameters, unusable }).toEqual(expected);
});

it.each(loadBackoffVectors())('backoff vector $name: $why', (vector) => {
  const { attempt, baseMs, capMs, retryMs, retryAfter, now, expect: expected } = vector;
  const floorMs = floorOf(retryMs ?? 0, parseRetryAfter(retryAfter, now === undefined ? 0 : Date.parse(now)));
  for (const draw of [0, 0.25, 0.5, 0.75, 0.999_999]) {
    const delayMs = delayBefore(attempt, { baseMs, capMs, random: () => draw }, floorMs);
    expect(delayMs).toBeGreaterThanOrEqual(expected.atLeastMs);
    expect(delayMs).toBeLessThanOrEqual(expected.atMostMs ?? expected.atLeastMs * 1.1);
  }
});
