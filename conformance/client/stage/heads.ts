/** The header fields of the scripted server's answers. */
import type { IncomingMessage } from 'node:http';
import type { Header } from '../../evidence/types.js';
import type { PlayedParameters } from '../scenarios/scenario.js';

export interface StreamHead {
  readonly streamId: string;
  readonly traceId: string;
  readonly parameters: PlayedParameters;
}

const EXPOSED = [
  'X-Trace-ID',
  'X-Stream-ID',
  'X-Stream-Max-Seconds',
  'X-Heartbeat-Interval',
  'X-Silence-Threshold',
  'X-Stream-Protocol',
  'Retry-After',
].join(', ');

/** What the protocol asks of the head of a stream; `over` replaces fields, or leaves them out with null. */
export function streamHeaders(
  { streamId, traceId, parameters }: StreamHead,
  over: Readonly<Record<string, string | null>> = {},
): readonly Header[] {
  const usual: readonly Header[] = [
    ['Content-Type', 'text/event-stream'],
    ['Cache-Control', 'no-cache, no-store, no-transform'],
    ['X-Accel-Buffering', 'no'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Trace-ID', traceId],
    ['X-Stream-ID', streamId],
    ['X-Stream-Max-Seconds', String(parameters.maxSeconds)],
    ['X-Heartbeat-Interval', String(parameters.heartbeatInterval)],
    ['X-Silence-Threshold', String(parameters.silenceThreshold)],
    ['X-Stream-Protocol', '1.0'],
  ];
  return overlay(usual, over);
}

/** The fields of an answer that is no stream. */
export function statusHeaders(over: Readonly<Record<string, string>> = {}, hasBody = false): readonly Header[] {
  const usual: readonly Header[] = hasBody ? [['Content-Type', 'application/problem+json']] : [];
  return overlay([['Cache-Control', 'no-store'], ...usual], over);
}

/** A page of any origin may read the answers, with credentials or without (HTTP-015, HTTP-016). */
export function crossOriginHeaders(request: IncomingMessage): readonly Header[] {
  const { origin } = request.headers;
  if (origin === undefined) {
    return [];
  }
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Access-Control-Expose-Headers', EXPOSED],
    ['Vary', 'Origin'],
  ];
}

/** The answer to a preflight: everything that it asks for. */
export function preflightHeaders(request: IncomingMessage): readonly Header[] {
  const asked = request.headers['access-control-request-headers'];
  return [
    ...crossOriginHeaders(request),
    ['Access-Control-Allow-Methods', 'GET, POST, DELETE'],
    ['Access-Control-Allow-Headers', asked ?? 'Last-Event-ID, X-Trace-ID'],
    ['Access-Control-Max-Age', '600'],
  ];
}

function overlay(usual: readonly Header[], over: Readonly<Record<string, string | null>>): readonly Header[] {
  const replaced = new Set(Object.keys(over).map((name) => name.toLowerCase()));
  const added = Object.entries(over).flatMap(([name, value]): Header[] => (value === null ? [] : [[name, value]]));
  return [...usual.filter(([name]) => !replaced.has(name.toLowerCase())), ...added];
}
