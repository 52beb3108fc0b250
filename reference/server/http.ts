/** What the server says and accepts in HTTP: headers, media types, origins, stream ids, refusals. */
import { createHash, randomUUID } from 'node:crypto';
import { type HeaderMap, Refusal, type Settings, type StreamRecord, type StreamRequest } from './types.js';

/** Parameters of the URL that belong to the protocol and not to the application. */
const PROTOCOL_PARAMETERS = ['stream_id', 'last_event_id'];

/** Status of every answer that carries events. */
// HTTP-001
export const SUCCESS_STATUS: number = 200;

/** Decimal seconds as headers and heartbeats carry them. */
export function formatSeconds(seconds: number): string {
  // HTTP-012
  return String(Number(seconds.toFixed(3)));
}

/** Headers of every answer that carries events, refusals in band included. */
export function eventHeaders(traceId: string): HeaderMap {
  return {
    // HTTP-002
    'Content-Type': 'text/event-stream; charset=utf-8',
    // HTTP-003
    'Cache-Control': 'no-cache, no-store, no-transform',
    // HTTP-004
    'X-Accel-Buffering': 'no',
    // HTTP-005
    'X-Content-Type-Options': 'nosniff',
    // TRACE-001, TRACE-002
    'X-Trace-ID': traceId,
  };
}

/** Headers of an answer that carries a part of a stream, beside `eventHeaders`. */
export function parameterHeaders(record: StreamRecord, settings: Settings): HeaderMap {
  return {
    // HTTP-006
    'X-Stream-ID': record.streamId,
    // HTTP-007
    'X-Stream-Max-Seconds': formatSeconds(record.maxSeconds),
    // HTTP-008, HEARTBEAT-005
    'X-Heartbeat-Interval': formatSeconds(settings.heartbeatInterval),
    // HTTP-009, HEARTBEAT-006
    'X-Silence-Threshold': formatSeconds(settings.silenceThreshold),
    // HTTP-010
    'X-Stream-Protocol': '1.0',
    // REPLAY-020
    'X-Replay-Retention': formatSeconds(settings.retention),
  };
}

/** The content coding of an event stream: none, unless the server was told to compress and the client accepts it. */
export function contentCoding(request: StreamRequest, settings: Settings): 'gzip' | undefined {
  // HTTP-018
  if (!settings.gzip) return undefined;
  const codings = (request.header('accept-encoding') ?? '').toLowerCase().split(',');
  const gzip = codings.map((coding) => coding.trim().split(/\s*;\s*/)).find(([name]) => name === 'gzip');
  return gzip && !/^q=0(\.0*)?$/.test(gzip[1] ?? '') ? 'gzip' : undefined;
}

/** Fields about the hop, not the answer. HTTP/1.1 persists by default, and later versions forbid `Connection`. */
export function hopHeaders(_httpMajor: number): HeaderMap {
  // HTTP-011
  return {};
}

const EXPOSED_HEADERS = [
  'X-Trace-ID',
  'X-Stream-ID',
  'X-Stream-Max-Seconds',
  'X-Heartbeat-Interval',
  'X-Silence-Threshold',
  'X-Stream-Protocol',
  'X-Replay-Retention',
  'Content-Location',
  'Retry-After',
];

/** Headers for readers of another origin; none for an origin that may not read. */
export function originHeaders(request: Pick<StreamRequest, 'header'>, settings: Settings): HeaderMap {
  // HTTP-015
  const exposed = { 'Access-Control-Expose-Headers': EXPOSED_HEADERS.join(', ') };
  if (settings.allowedOrigins === '*') return { 'Access-Control-Allow-Origin': '*', ...exposed };
  const origin = request.header('origin');
  if (origin === undefined || !settings.allowedOrigins.includes(origin)) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
    ...exposed,
  };
}

/** Whether a page that may not read asks. A `GET` that creates has a cost, so it may not make its visitors pay. */
export function isForeignPage(request: StreamRequest, settings: Settings): boolean {
  const site = request.header('sec-fetch-site');
  if (settings.allowedOrigins === '*' || (site !== 'cross-site' && site !== 'same-site')) return false;
  return !settings.allowedOrigins.includes(request.header('origin') ?? '');
}

const METHODS = 'GET, HEAD, POST, DELETE, OPTIONS';

/** Answer to `OPTIONS`, preflight or not. */
export function answerOptions(request: StreamRequest, settings: Settings): { status: number; headers: HeaderMap } {
  const origin = originHeaders(request, settings);
  const allowed = {
    'Access-Control-Allow-Methods': METHODS,
    // HTTP-016
    'Access-Control-Allow-Headers':
      'Last-Event-ID, X-Trace-ID, traceparent, Authorization, Content-Type, Cache-Control',
    'Access-Control-Max-Age': '600',
  };
  // HTTP-017
  const status = 204;
  return {
    status,
    headers: { Allow: METHODS, ...origin, ...('Access-Control-Allow-Origin' in origin ? allowed : {}) },
  };
}

/** Whether `Accept` admits an event stream: the most specific range that names it decides. */
export function acceptsEventStream(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  let best = { precedence: -1, quality: 0 };
  for (const entry of accept.split(',')) {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const precedence = ['*/*', 'text/*', 'text/event-stream'].indexOf(range);
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    if (precedence > best.precedence) best = { precedence, quality };
  }
  return best.precedence >= 0 && best.quality > 0;
}

/** Checks the `stream_id` of a request. Undefined where it has none; throws a `Refusal`. */
export function parseStreamId(values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  const [streamId = ''] = values;
  // HTTP-023
  if (values.length > 1 || !/^[A-Za-z0-9._~-]{1,128}$/.test(streamId)) {
    throw new Refusal(400, 'malformed_stream_id', 'stream_id must be given once and match [A-Za-z0-9._~-]{1,128}.');
  }
  return streamId;
}

/** The id of a stream to be created. */
export function chooseStreamId(requested: string | undefined): string {
  // HTTP-028, HTTP-034: a random UUID has 122 random bits.
  return requested ?? randomUUID();
}

/** Under what a stream is kept: no principal ever finds the stream of another. */
export function streamKey(principal: string, streamId: string): string {
  // HTTP-033, HTTP-029
  return `${encodeURIComponent(principal)}/${streamId}`;
}

/** Which requests must be authorized: all, with or without a cursor. */
export function needsAuthorization(_request: StreamRequest, _cursor: number): boolean {
  // HTTP-032
  return true;
}

/** What a stream is created with, to be compared with later requests for it. */
export function parametersOf(request: StreamRequest): { parameters: string; bodyDigest: string } {
  const query = new URLSearchParams(request.url.search);
  for (const name of PROTOCOL_PARAMETERS) query.delete(name);
  const bodyDigest = request.body === '' ? '' : createHash('sha256').update(request.body).digest('base64url');
  return { parameters: query.toString(), bodyDigest };
}

/** Whether a request that names an existing stream asks for that stream. What it leaves out has no other value. */
export function matchesStream(record: StreamRecord, request: StreamRequest): boolean {
  const { parameters, bodyDigest } = parametersOf(request);
  const asked = new URLSearchParams(parameters);
  const created = new URLSearchParams(record.parameters);
  const sameQuery = [...asked.keys()].every((name) => String(asked.getAll(name)) === String(created.getAll(name)));
  // HTTP-024
  return sameQuery && (bodyDigest === '' || bodyDigest === record.bodyDigest);
}

/** Whether a method starts a stream that does not exist. `HEAD` gets the headers that it would have. */
export function createsStream(method: string): boolean {
  // HTTP-025, HTTP-026
  return method === 'GET' || method === 'POST';
}

/** Headers that tell the creator where its stream is. */
export function creationHeaders(request: StreamRequest, record: StreamRecord): HeaderMap {
  const query = new URLSearchParams(request.url.search);
  query.delete('last_event_id');
  query.set('stream_id', record.streamId);
  // HTTP-027
  return { 'Content-Location': `${request.url.pathname}?${query}` };
}

/** The answer to a request refused before a stream starts. */
export function formatProblem(refusal: Refusal, traceId: string): { headers: HeaderMap; body: string; status: number } {
  const { status, code, message } = refusal;
  // HTTP-022
  const retry: HeaderMap = status === 429 || status === 503 ? { 'Retry-After': '1' } : {};
  return {
    // HTTP-020
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Trace-ID': traceId,
      ...retry,
      ...refusal.headers,
    },
    body: JSON.stringify({ type: `urn:resilient-sse:problem:${code}`, title: code, status, detail: message }),
  };
}
