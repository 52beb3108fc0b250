/** Reads the data of a known event; says `malformed` instead of throwing. */
import type { StreamEvent } from './types.js';

export type Payload = { readonly event: StreamEvent } | { readonly malformed: string } | 'unknown';

type Data = Readonly<Record<string, unknown>>;

/** Reads data of one of the four types; members it does not know are left in place (EVENT-021). */
const READERS: Readonly<Record<string, (data: Data, id: number | null) => StreamEvent | string>> = {
  content_chunk: (data, id) =>
    has(data, 'content') ? { type: 'content_chunk', id, data } : 'content_chunk without the string member "content"',
  complete: (data, id) =>
    has(data, 'reason') ? { type: 'complete', id, data } : 'complete without the string member "reason"',
  error: (data, id) => (has(data, 'code') ? { type: 'error', id, data } : 'error without the string member "code"'),
  // A heartbeat never carries an id (ID-005); one that does must not move the cursor.
  heartbeat: (data) => ({ type: 'heartbeat', id: null, data }),
};

export function readPayload(type: string, data: string, id: number | null): Payload {
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  // EVENT-020
  if (reader === undefined) {
    return 'unknown';
  }
  const value = parseObject(data);
  if (value === undefined) {
    return { malformed: `the data of ${type} is not a JSON object` };
  }
  const read = reader(value, id);
  return typeof read === 'string' ? { malformed: read } : { event: read };
}

function has<Name extends string>(data: Data, name: Name): data is Data & Readonly<Record<Name, string>> {
  return typeof data[name] === 'string';
}

function parseObject(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
