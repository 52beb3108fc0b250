/** The fastest target there can be: `node:http` that writes events without end, history or replay. For benchmarks alone. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    /** Events that one write carries. */
    batch: { type: 'string', default: '1' },
    /** Events that a connection gets in all. */
    events: { type: 'string', default: '1000000' },
    /** All connections together, a second; 0 for as fast as it goes. */
    rate: { type: 'string', default: '0' },
  },
});
const batch = Number(values.batch);
const events = Number(values.events);
const rate = Number(values.rate);
const HEARTBEAT_MS = 1000;

interface Reader {
  readonly response: ServerResponse;
  readonly traceId: string;
  readonly startedMs: number;
  sent: number;
  beats: number;
  nextBeatMs: number;
}

const readers = new Set<Reader>();

const server = createServer((request, response) => {
  const traceId = String(request.headers['x-trace-id'] ?? 'none');
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'X-Heartbeat-Interval': HEARTBEAT_MS / 1000,
    'X-Silence-Threshold': '30',
    'X-Stream-Max-Seconds': '86400',
  });
  const startedMs = performance.now();
  const reader: Reader = { response, traceId, startedMs, sent: 0, beats: 0, nextBeatMs: startedMs };
  readers.add(reader);
  response.on('close', () => readers.delete(reader));
});

/** One write to one reader. */
function serve(reader: Reader, nowMs: number): void {
  const { response, traceId } = reader;
  if (response.writableNeedDrain) return;
  let text = nowMs >= reader.nextBeatMs ? heartbeat(reader, nowMs) : '';
  const upTo = Math.min(events, reader.sent + batch);
  while (reader.sent < upTo) {
    reader.sent += 1;
    text += `event: content_chunk\nid: ${reader.sent}\ndata: {"content":"some words of an answer, as they come","trace_id":"${traceId}","seq":${reader.sent}}\n\n`;
  }
  if (reader.sent < events) {
    response.write(text);
    return;
  }
  const id = reader.sent + 1;
  const data = JSON.stringify({ reason: 'done', duration: 1, total_chunks: reader.sent, trace_id: traceId });
  response.end(`${text}event: complete\nid: ${id}\ndata: ${data}\n\n`);
  readers.delete(reader);
}

function heartbeat(reader: Reader, nowMs: number): string {
  reader.beats += 1;
  reader.nextBeatMs = nowMs + HEARTBEAT_MS;
  const data = { trace_id: reader.traceId, heartbeat_count: reader.beats, head_id: reader.sent };
  return `event: heartbeat\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Everybody gets a write, then the sockets have their turn. */
let owed = 0;
let lastMs = performance.now();
function turn(): void {
  const nowMs = performance.now();
  owed = rate === 0 ? readers.size * batch : Math.min(rate, owed + ((nowMs - lastMs) * rate) / 1000);
  lastMs = nowMs;
  for (const reader of readers) {
    if (owed < batch) break;
    owed -= batch;
    // The one that was served goes to the end of the line.
    readers.delete(reader);
    readers.add(reader);
    serve(reader, nowMs);
  }
  setImmediate(turn);
}

server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/stream` })}\n`);
  turn();
});
process.once('SIGTERM', () => process.exit());
