/** A client's request as it goes into the transcript: bounded, and without the values of credentials. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Header, RecordedRequest } from '../../evidence/types.js';
import { BODY_BYTES } from './limits.js';

const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

/** Of this process: equal values are seen to be equal within a run, and say nothing outside of it. */
const key = randomBytes(32);

const HEX_DIGITS = 8;

/** `url` is absolute; the body is null where the request had none. */
export function recordRequest(request: IncomingMessage, url: string, body: string): RecordedRequest {
  return {
    method: request.method ?? '',
    url,
    headers: headersOf(request.rawHeaders),
    ...(body === '' ? {} : { body }),
  };
}

/** Collects the body as it comes, so that the connection never waits for a reader. */
export function collectBody(request: IncomingMessage): () => string {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    if (bytes < BODY_BYTES) {
      parts.push(part.subarray(0, BODY_BYTES - bytes));
      bytes += part.length;
    }
  });
  // The end of the connection is told by its socket.
  request.on('error', () => undefined);
  return () => Buffer.concat(parts).toString();
}

function headersOf(raw: readonly string[]): readonly Header[] {
  const headers: Header[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    headers.push([name, CREDENTIALS.has(name.toLowerCase()) ? digestOf(value) : value]);
  }
  return headers;
}

function digestOf(value: string): string {
  return `REDACTED ${createHmac('sha256', key).update(value).digest('hex').slice(0, HEX_DIGITS)}`;
}
