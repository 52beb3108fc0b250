/** Makes evidence of an example in the written spec, as if the kit had recorded it, so that the rules can judge it. */
import type { Evidence, Header, RecordedConnection, Transcript } from '../evidence/types.js';
import { createEvidence } from '../evidence/views.js';
import { readAll } from '../wire/reader.js';

/** What an example's connection says where the example does not: the fields that a conforming answer has. */
const ANSWER: readonly Header[] = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache, no-store, no-transform'],
  ['X-Accel-Buffering', 'no'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Stream-Max-Seconds', '60'],
  ['X-Heartbeat-Interval', '5'],
  ['X-Silence-Threshold', '15'],
  ['X-Stream-Protocol', '1.0'],
];

/** An event for answers whose example shows the head alone: rules on headers look at answers that carry events. */
const SOME_EVENT = 'event: x-example\ndata: {"trace_id":"{trace_id}"}\n\n';

/** Evidence of one connection that sent these bytes; the head says what the events say. */
export function evidenceOfEvents(text: string): Evidence {
  const { events } = readAll([[Buffer.from(text), 20]]);
  const data = events.map((event) => parse(event.data)).find((value) => value !== undefined);
  const firstId = Number(events.find(({ id }) => id !== null && /^[0-9]+$/.test(id))?.id ?? 1);
  const headers: Header[] = [
    ...ANSWER,
    ['X-Trace-ID', textOf(data?.trace_id)],
    ['X-Stream-ID', textOf(data?.stream_id)],
  ];
  return evidenceOf(200, headers, text, firstId - 1);
}

/** Evidence of an answer: its head, and a body where there is one. */
export function evidenceOfAnswer(status: number, headers: readonly Header[], body: string): Evidence {
  const traceId = headers.find(([name]) => name.toLowerCase() === 'x-trace-id')?.[1] ?? '';
  const carriesEvents = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /event-stream/.test(value),
  );
  return evidenceOf(status, headers, carriesEvents ? SOME_EVENT.replace('{trace_id}', traceId) : body, 0);
}

function evidenceOf(status: number, headers: readonly Header[], body: string, cursor: number): Evidence {
  const connection: RecordedConnection = {
    label: 'first',
    sentAtMs: 0,
    request: {
      method: 'GET',
      url: 'http://api.example/stream/search',
      headers: [['Accept', 'text/event-stream'], ...(cursor > 0 ? [['Last-Event-ID', String(cursor)] as const] : [])],
    },
    response: { atMs: 10, status, httpVersion: '1.1', headers },
    chunks: body === '' ? [] : [{ atMs: 20, base64: Buffer.from(body).toString('base64') }],
    end: { atMs: 30, by: 'target', kind: 'eof' },
  };
  const transcript: Transcript = {
    schema: 'resilient-sse/transcript/1',
    spec: '1.0',
    kit: 'example',
    role: 'server',
    scenario: 'read-through',
    attempt: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    target: 'http://api.example/stream/search',
    streamId: null,
    occasion: null,
    notes: {},
    connections: [connection],
    lagMs: 0,
    outcome: 'done',
  };
  return createEvidence([transcript]);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'k3v9Qm2hX7bTzR1sW8yLpA';
}
