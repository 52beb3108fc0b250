/** Literals for the tests of rules: transcripts written down in a few lines, without a network. */
import type { Ending, Evidence, Header, RecordedConnection, Transcript } from './types.js';
import { createEvidence } from './views.js';

/** Head of an answer that declares heartbeat 0.2 s, silence 0.6 s and cap 3 s, as a conforming server sends it. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  'X-Trace-ID': 'trace-1',
  'X-Stream-ID': 'stream-1',
  'X-Stream-Max-Seconds': '3',
  'X-Heartbeat-Interval': '0.2',
  'X-Silence-Threshold': '0.6',
  'X-Stream-Protocol': '1.0',
};

export interface ConnectionLiteral {
  /** Default `first`. */
  readonly label?: string;
  /** Default `GET`. */
  readonly method?: string;
  readonly url?: string;
  /** Default: `Accept: text/event-stream` alone. Pairs where a name repeats. */
  readonly requestHeaders?: Readonly<Record<string, string>> | readonly Header[];
  /** Default 0. */
  readonly sentAtMs?: number;
  /** Default 200; null for a connection without an answer. */
  readonly status?: number | null;
  /** Default 10 ms after `sentAtMs`. */
  readonly respondedAtMs?: number;
  readonly httpVersion?: string;
  /** Added to `STREAM_HEADERS`; null removes one. Pairs replace all of them. */
  readonly headers?: Readonly<Record<string, string | null>> | readonly Header[];
  /** What arrived when: text (as UTF-8) or bytes. */
  readonly sse?: readonly (readonly [atMs: number, chunk: string | Uint8Array])[];
  /** Default: the target closed, properly, 10 ms after the last chunk. */
  readonly end?: Partial<Ending>;
}

/** A recorded connection; without any member a conforming answer that sent nothing yet. */
export function connection(literal: ConnectionLiteral = {}): RecordedConnection {
  const sentAtMs = literal.sentAtMs ?? 0;
  const respondedAtMs = literal.respondedAtMs ?? sentAtMs + 10;
  const chunks = (literal.sse ?? []).map(([atMs, chunk]) => ({
    atMs,
    base64: Buffer.from(chunk).toString('base64'),
  }));
  const lastAtMs = chunks.at(-1)?.atMs ?? respondedAtMs;
  return {
    label: literal.label ?? 'first',
    sentAtMs,
    request: {
      method: literal.method ?? 'GET',
      url: literal.url ?? 'http://target.test/stream?stream_id=stream-1',
      headers: pairs(literal.requestHeaders ?? { Accept: 'text/event-stream' }),
    },
    response:
      literal.status === null
        ? null
        : {
            atMs: respondedAtMs,
            status: literal.status ?? 200,
            httpVersion: literal.httpVersion ?? '1.1',
            headers: headOf(literal.headers ?? {}),
          },
    chunks,
    end: { atMs: lastAtMs + 10, by: 'target', kind: 'eof', ...literal.end },
  };
}

/** The transcript of one scenario; `more` overrides any member, such as `notes` or `lagMs`. */
export function scenario(
  name: string,
  connections: readonly RecordedConnection[],
  more: Partial<Transcript> = {},
): Transcript {
  return {
    schema: 'resilient-sse/transcript/1',
    spec: '1.0',
    kit: '0.0.0',
    role: 'server',
    scenario: name,
    attempt: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    target: 'http://target.test/stream',
    streamId: 'stream-1',
    occasion: null,
    notes: {},
    connections,
    lagMs: 0,
    outcome: 'done',
    ...more,
  };
}

/** Evidence of these scenarios, ready for `rule.judge`. */
export function evidenceOf(...transcripts: readonly Transcript[]): Evidence {
  return createEvidence(transcripts);
}

/** The text of one event as a conforming producer writes it. */
export function eventText(type: string, data: Readonly<Record<string, unknown>>, id?: number | string): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${type}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}

/** A heartbeat that agrees with `STREAM_HEADERS`; `more` overrides any member. */
export function heartbeatText(more: Readonly<Record<string, unknown>> = {}): string {
  return eventText('heartbeat', {
    stream_id: 'stream-1',
    trace_id: 'trace-1',
    timestamp: '2026-01-01T00:00:00.000Z',
    uptime_seconds: 0,
    total_chunks: 0,
    heartbeat_count: 1,
    remaining_seconds: 3,
    max_duration: 3,
    heartbeat_interval: 0.2,
    silence_threshold: 0.6,
    protocol: '1.0',
    head_id: 0,
    ...more,
  });
}

/** A content chunk of trace `trace-1`; `more` overrides any member. */
export function chunkText(id: number, more: Readonly<Record<string, unknown>> = {}): string {
  return eventText('content_chunk', { content: `word ${id} `, trace_id: 'trace-1', ...more }, id);
}

/** The `complete` of a stream whose other events are content chunks; `more` overrides any member. */
export function completeText(id: number, more: Readonly<Record<string, unknown>> = {}): string {
  return eventText('complete', { reason: 'done', duration: 1, total_chunks: id - 1, trace_id: 'trace-1', ...more }, id);
}

function headOf(headers: Readonly<Record<string, string | null>> | readonly Header[]): readonly Header[] {
  if (isPairs(headers)) {
    return headers;
  }
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return [...pairs(STREAM_HEADERS).filter(([name]) => !named.has(name.toLowerCase())), ...pairs(headers)];
}

function pairs(headers: Readonly<Record<string, string | null>> | readonly Header[]): readonly Header[] {
  if (isPairs(headers)) {
    return headers;
  }
  return Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function isPairs(headers: Readonly<Record<string, string | null>> | readonly Header[]): headers is readonly Header[] {
  return Array.isArray(headers);
}
