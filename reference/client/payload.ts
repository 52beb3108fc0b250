/** Reads the data of a known event; says `malformed` instead of throwing, and names what is missing. */
import type { Diagnostic, StreamEvent } from './types.js';

export type Payload = { readonly event: StreamEvent } | { readonly malformed: string } | 'unknown';

type Data = Readonly<Record<string, unknown>>;
type TextOf = (member: string) => string | undefined;

/** What an `error` event is taken for that does not say what it is. */
const NO_CODE = 'x-no-code';

/** Reads data of one of the four types, using what is there; members it does not know are left in place. */
// EVENT-021
const READERS: Readonly<Record<string, (data: Data, id: number | null, text: TextOf) => StreamEvent>> = {
  content_chunk: (data, id, text) => ({ type: 'content_chunk', id, content: text('content') ?? '', data }),
  complete: (data, id, text) => ({ type: 'complete', id, reason: text('reason') ?? null, data }),
  error: (data, id, text) => ({
    type: 'error',
    id,
    code: text('code') ?? NO_CODE,
    message: text('message') ?? 'the server reported an error',
    data,
  }),
  // A heartbeat never carries an id (ID-005); one that does must not move the cursor.
  heartbeat: (data) => ({ type: 'heartbeat', id: null, data }),
};

export function readPayload(
  type: string,
  data: string,
  id: number | null,
  diagnose: (diagnostic: Diagnostic) => void,
): Payload {
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  // EVENT-020
  if (reader === undefined) {
    return 'unknown';
  }
  const value = parseObject(data);
  if (value === undefined) {
    return { malformed: `the data of ${type} is not a JSON object` };
  }
  const text = (member: string): string | undefined => {
    const found = value[member];
    if (typeof found === 'string') {
      return found;
    }
    diagnose({ code: 'missing-member', message: `${type} without the string member "${member}"` });
    return undefined;
  };
  return { event: reader(value, id, text) };
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
