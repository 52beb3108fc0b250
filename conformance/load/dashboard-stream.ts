/**
 * One Resilient SSE stream for everybody who looks at a run: an event for each sample, kept to the end, so that a page
 * that comes late or comes back has them all. Written from the spec, with what the kit's own pages need.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Complete } from '../../schemas/1.0/types/complete.js';
import type { ContentChunk } from '../../schemas/1.0/types/content-chunk.js';
import type { ErrorEvent } from '../../schemas/1.0/types/error.js';
import type { Heartbeat } from '../../schemas/1.0/types/heartbeat.js';
import type { Problem } from '../../schemas/1.0/types/problem.js';

/** The longest that the spec allows (HTTP-012): a run that lasts longer is watched for a day. */
const MAX_SECONDS = 86_400;
const HEARTBEAT_SECONDS = 5;
const SILENCE_SECONDS = 15;
/** A reader that has so much before it is cut, and resumes. */
const MOST_BUFFERED_BYTES = 1024 * 1024;

interface Reader {
  readonly response: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

export class DashboardStream {
  readonly #streamId = randomBytes(16).toString('hex');
  readonly #traceId = randomBytes(16).toString('hex');
  readonly #startedMs = performance.now();
  /** As they went out, the first one with id 1. */
  readonly #events: string[] = [];
  readonly #readers = new Map<ServerResponse, Reader>();
  readonly #cap: NodeJS.Timeout;
  #chunks = 0;
  #isOver = false;

  constructor() {
    this.#cap = setTimeout(() => this.end('duration_cap'), MAX_SECONDS * 1000).unref();
  }

  /** A sample, and what it says in words. */
  publish(content: string, members: Readonly<Record<string, unknown>>): void {
    if (this.#isOver) return;
    this.#chunks += 1;
    const chunk: ContentChunk = { ...members, content, trace_id: this.#traceId, seq: this.#headId + 1 };
    this.#append('content_chunk', chunk);
  }

  /** Ends the stream and every connection that carries it. */
  end(reason: 'done' | 'cancelled' | 'duration_cap'): void {
    if (this.#isOver) return;
    const complete: Complete = {
      reason,
      duration: this.#seconds(),
      total_chunks: this.#chunks,
      trace_id: this.#traceId,
      seq: this.#headId + 1,
    };
    this.#append('complete', complete);
    this.#isOver = true;
    clearTimeout(this.#cap);
    for (const { response } of this.#readers.values()) this.#close(response);
  }

  /** Answers a request for the stream. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const cursor = readCursor(request, url);
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      refuse(response, 405, 'method_not_allowed', 'This stream is read with GET.');
    } else if (cursor === undefined) {
      refuse(response, 400, 'malformed_cursor', 'The cursor must be one decimal number, without sign or leading zero.');
    } else if (this.#isOver && cursor === this.#headId) {
      response.writeHead(204, this.#parameters()).end();
    } else {
      this.#open(response, url.searchParams.get('stream_id') ?? this.#streamId, cursor);
    }
  }

  get #headId(): number {
    return this.#events.length;
  }

  #seconds(): number {
    return Math.round(performance.now() - this.#startedMs) / 1000;
  }

  #open(response: ServerResponse, streamId: string, cursor: number): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', ...this.#parameters() });
    if (streamId !== this.#streamId || cursor > this.#headId) {
      const error: ErrorEvent = {
        code: 'unknown_cursor',
        message: 'The cursor belongs to no event of this run; read the stream from its start.',
        retryable: true,
        trace_id: this.#traceId,
        requested: cursor,
      };
      response.end(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
      return;
    }
    let count = 0;
    const beat = () => {
      count += 1;
      this.#write(response, this.#heartbeat(count));
    };
    // The heartbeat comes before anything that is replayed.
    beat();
    response.write(this.#events.slice(cursor).join(''));
    if (this.#isOver) {
      response.end();
      return;
    }
    this.#readers.set(response, { response, timer: setInterval(beat, HEARTBEAT_SECONDS * 1000) });
    response.once('close', () => this.#forget(response));
    response.on('error', () => this.#forget(response));
  }

  #append(type: 'content_chunk' | 'complete', data: ContentChunk | Complete): void {
    const text = `event: ${type}\nid: ${this.#headId + 1}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#events.push(text);
    for (const { response } of this.#readers.values()) this.#write(response, text);
  }

  #write(response: ServerResponse, text: string): void {
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
    else response.write(text);
  }

  #close(response: ServerResponse): void {
    this.#forget(response);
    response.end();
  }

  #forget(response: ServerResponse): void {
    clearInterval(this.#readers.get(response)?.timer);
    this.#readers.delete(response);
  }

  #heartbeat(count: number): string {
    const uptime = this.#seconds();
    const data: Heartbeat = {
      stream_id: this.#streamId,
      trace_id: this.#traceId,
      timestamp: new Date().toISOString(),
      uptime_seconds: uptime,
      total_chunks: this.#chunks,
      heartbeat_count: count,
      remaining_seconds: Math.max(0, Math.round((MAX_SECONDS - uptime) * 1000) / 1000),
      max_duration: MAX_SECONDS,
      heartbeat_interval: HEARTBEAT_SECONDS,
      silence_threshold: SILENCE_SECONDS,
      protocol: '1.0',
      head_id: this.#headId,
    };
    return `event: heartbeat\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #parameters(): Readonly<Record<string, string>> {
    return {
      'Cache-Control': 'no-cache, no-store, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      'X-Trace-ID': this.#traceId,
      'X-Stream-ID': this.#streamId,
      'X-Stream-Max-Seconds': String(MAX_SECONDS),
      'X-Heartbeat-Interval': String(HEARTBEAT_SECONDS),
      'X-Silence-Threshold': String(SILENCE_SECONDS),
      'X-Stream-Protocol': '1.0',
    };
  }
}

/** From header or query, 0 where there is none; undefined where it is malformed. A header wins over the query. */
function readCursor({ headers }: IncomingMessage, { searchParams }: URL): number | undefined {
  const header = headers['last-event-id'];
  const query = searchParams.getAll('last_event_id');
  if (query.length > 1) return undefined;
  const text = (typeof header === 'string' && header !== '' ? header : query[0]) ?? '0';
  const cursor = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(cursor) ? cursor : undefined;
}

function refuse(response: ServerResponse, status: number, code: string, detail: string): void {
  const problem: Problem = { type: 'about:blank', title: code.replaceAll('_', ' '), status, detail, code };
  response.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem));
}
