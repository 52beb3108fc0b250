/** For the tests of rules: what a rule says about transcripts in one word, and runs against targets that do nothing. */
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  evidenceOf,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import type { RecordedConnection, Transcript } from '../../evidence/types.js';
import type { Rule, Sighting } from '../../judge/rule.js';

export type Outcome = 'right' | 'wrong' | 'not-observed' | 'not-applicable';

function sightingsOf(rule: Rule | undefined, ...transcripts: readonly Transcript[]): readonly Sighting[] {
  if (rule === undefined) {
    throw new Error('there is no such rule');
  }
  return [...rule.judge(evidenceOf(...transcripts))];
}

/** What arrives on a connection. */
export type Sse = NonNullable<ConnectionLiteral['sse']>;

/** A stream that makes a chunk every 100 ms after its birth and then `complete`. */
export interface StreamLiteral {
  readonly bornAtMs?: number;
  readonly traceId?: string;
  /** Chunks before `complete`; default 10. */
  readonly chunks?: number;
  /** Begins every content. */
  readonly word?: string;
  readonly terminal?: string;
}

/** A reader of such a stream, served as the protocol asks: a heartbeat, what exists above its cursor, then live. */
export function reader(literal: ConnectionLiteral & { cursor?: number; stream?: StreamLiteral }): RecordedConnection {
  const { cursor = 0, stream = {}, ...rest } = literal;
  const { bornAtMs = 0, traceId = 'trace-1', chunks = 10, word = 'word' } = stream;
  const sentAtMs = literal.sentAtMs ?? 0;
  const openMs = sentAtMs + 20;
  const dueMs = (id: number): number => Math.max(openMs + 5, bornAtMs + 100 * id);
  const head = Math.min(chunks + 1, Math.max(0, Math.floor((openMs - bornAtMs) / 100)));
  const heartbeat = heartbeatText({
    trace_id: traceId,
    uptime_seconds: (openMs - bornAtMs) / 1000,
    head_id: head,
    total_chunks: Math.min(head, chunks),
  });
  const ids = Array.from({ length: chunks }, (_, n) => n + 1).filter((id) => id > cursor);
  const whole: Sse = [
    [openMs, heartbeat],
    ...ids.map((id) => [dueMs(id), chunkText(id, { content: `${word} ${id} `, trace_id: traceId })] as const),
    [dueMs(chunks + 1), stream.terminal ?? completeText(chunks + 1, { trace_id: traceId })],
  ];
  const until = literal.end?.atMs ?? Number.POSITIVE_INFINITY;
  return connection({
    headers: { 'X-Trace-ID': traceId },
    requestHeaders: cursor > 0 ? { 'Last-Event-ID': String(cursor) } : {},
    sse: whole.filter(([atMs]) => atMs <= until),
    ...rest,
  });
}

/** As the judge sums up: one wrong outweighs all right, and silence is not observed. */
export function outcomeOf(rule: Rule | undefined, ...transcripts: readonly Transcript[]): Outcome {
  const kinds = sightingsOf(rule, ...transcripts).map(({ kind }) => kind);
  return (['wrong', 'right', 'not-applicable'] as const).find((kind) => kinds.includes(kind)) ?? 'not-observed';
}

/** What was expected and seen at each fault. */
export function findingsOf(rule: Rule | undefined, ...transcripts: readonly Transcript[]): readonly string[] {
  return sightingsOf(rule, ...transcripts).flatMap((sighting) =>
    sighting.kind === 'wrong' ? [`${sighting.expected} | ${sighting.actual}`] : [],
  );
}

/** Labels of every scenario, with the method of those that do not GET. */
const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  'read-through': ['first'],
  'cut-and-resume': ['first', 'resume-by-header', 'resume-by-query', 'resume-both', 'resume-both-below'],
  readers: ['reader-1', 'reader-2', 'late', 'zero', 'empty-header', 'zero-query', 'seam-1', 'seam-2'],
  'replay-cut': ['first', 'cut-during-replay', 'resume-after'],
  'after-the-end': [
    'first',
    'at-end',
    'at-end-by-query',
    'below-end',
    'middle',
    'from-start',
    'ahead-of-end',
    'one-ahead-of-end',
    'later',
  ],
  'bad-cursor': ['first', 'malformed-1', 'malformed-2'],
  'unknown-cursor': ['first', 'ahead', 'unknown-stream'],
  evicted: ['first', 'evicted', 'evicted-from-start', 'evicted-rest', 'evicted-below'],
  cap: ['first'],
  'cap-reconnect': ['first', 'second'],
  error: ['first', 'below', 'at-end'],
  cancel: ['first', 'delete', 'after-cancel'],
  create: ['post', 'join', 'chosen-1', 'chosen-2', 'chosen-3'],
  'trace-hostile': ['hostile-1', 'hostile-2'],
  accept: ['accept-json', 'accept-q0', 'accept-any'],
  cors: ['preflight', 'options', 'cross-origin'],
  head: ['head', 'get-after-head'],
  compression: ['plain', 'packed'],
  'bad-stream-id': ['bad-1', 'bad-2', 'bad-3', 'bad-4', 'bad-5'],
  'odd-stream-id': ['odd-1', 'odd-2'],
  conflict: ['first', 'other'],
  'slow-reader': ['slow', 'resume'],
  authorization: ['first', 'without', 'other', 'other-resume', 'other-fresh', 'without-resume', 'other-cancel'],
  limit: ['limit-1', 'limit-2', 'limit-3', 'limit-4'],
  shutdown: ['first', 'second', 'third'],
};

const METHODS: Readonly<Record<string, string>> = {
  head: 'HEAD',
  delete: 'DELETE',
  'other-cancel': 'DELETE',
  preflight: 'OPTIONS',
  options: 'OPTIONS',
  post: 'POST',
  'chosen-1': 'POST',
  'chosen-2': 'POST',
  'chosen-3': 'POST',
};

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  preflight: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
  'cross-origin': { Origin: 'https://app.example' },
  packed: { 'Accept-Encoding': 'gzip, deflate, br' },
  'hostile-1': { 'X-Trace-ID': 'a <b> c' },
};

/** A run of all scenarios against a target that gives the same answer to everything. */
export function runAgainst(answer: ConnectionLiteral): readonly Transcript[] {
  return Object.entries(REQUESTS).map(([name, labels]) =>
    scenario(
      name,
      labels.map((label, index) =>
        connection({
          label,
          method: METHODS[label] ?? 'GET',
          requestHeaders: { Accept: 'text/event-stream', ...HEADERS[label] },
          sentAtMs: index * 1300,
          ...answer,
        }),
      ),
    ),
  );
}

const type = (value: string): readonly (readonly [string, string])[] => [['Content-Type', value]];

/** Targets that do nothing that the protocol asks for. */
export const NULL_TARGETS: Readonly<Record<string, ConnectionLiteral>> = {
  'an empty object': { headers: type('application/json'), sse: [[20, '{}']] },
  'a page': { headers: type('text/html'), sse: [[20, '<!doctype html>\n<pre>\ndata: 1\n\n</pre>\n']] },
  'an empty object as an event stream': { headers: type('text/event-stream'), sse: [[20, '{}\n\n']] },
  'an empty event stream': { headers: type('text/event-stream') },
  'an empty event stream with every header': {},
  'comments alone': { sse: [[20, ': hello\n\n: hello\n\n']] },
  'ids and retries without data': { sse: [[20, 'id: 1\n\nretry: 10\n\nevent: heartbeat\n\n']] },
  'half an event': { sse: [[20, 'event: heartbeat\ndata: {}\n']] },
  'not found': { status: 404, headers: type('application/problem+json'), sse: [[20, '{"status":404}']] },
  'not acceptable': { status: 406, headers: type('application/problem+json'), sse: [[20, '{}']] },
  'bad request': { status: 400, headers: type('application/problem+json'), sse: [[20, '{}']] },
  unauthorized: { status: 401, headers: type('application/problem+json'), sse: [[20, '{}']] },
  'method not allowed': { status: 405, headers: type('application/problem+json'), sse: [[20, '{}']] },
  conflict: { status: 409, headers: type('application/problem+json'), sse: [[20, '{}']] },
  'too many requests': { status: 429, headers: [...type('application/problem+json'), ['Retry-After', '1']] },
  'internal error': { status: 500, headers: type('text/plain'), sse: [[20, 'oops']] },
  unavailable: { status: 503, headers: [...type('application/problem+json'), ['Retry-After', '1']], sse: [[20, '{}']] },
  'no content': { status: 204, headers: [] },
  'no answer': { status: null, end: { by: 'kit', kind: 'timeout' } },
  'a closed door': { status: null, end: { by: 'target', kind: 'reset' } },
  'no HTTP': { status: null, end: { by: 'target', kind: 'malformed' } },
};
