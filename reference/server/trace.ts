/** Trace ids: one per stream, taken from its creator where it sent a usable one. */
import { randomBytes } from 'node:crypto';
import type { StreamRequest } from './types.js';

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The trace id a stream gets when this request creates it. */
export function chooseTraceId(request: Pick<StreamRequest, 'header'>): string {
  const own = request.header('x-trace-id');
  // TRACE-004, TRACE-006, TRACE-007
  if (own !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(own)) return own;
  const [, version, traceId, rest] = TRACEPARENT.exec(request.header('traceparent') ?? '') ?? [];
  // TRACE-005: version 00 ends after the flags.
  if (traceId !== undefined && !(version === '00' && rest !== undefined)) return traceId;
  return randomBytes(16).toString('hex');
}
