/** Reads the data of a known event; says `malformed` instead of throwing. */
import type { StreamEvent } from './types.js';

export type Payload = { readonly event: StreamEvent } | { readonly malformed: string } | 'unknown';

/** The member that the client cannot do without, per type. Members it does not know are left in place (EVENT-021). */
const NEEDED = { content_chunk: 'content', complete: 'reason', error: 'code' } as const;

export function readPayload(type: string, data: string, id: number | null): Payload {
  switch (type) {
    case 'content_chunk':
    case 'complete':
    case 'error':
    case 'heartbeat':
      break;
    default:
      // EVENT-020
      return 'unknown';
  }
  const value = parseObject(data);
  if (value === undefined) {
    return { malformed: `the data of ${type} is not a JSON object` };
  }
  if (type === 'heartbeat') {
    // A heartbeat never carries an id (ID-005); one that does must not move the cursor.
    return { event: { type, id: null, data: value } as unknown as StreamEvent };
  }
  const needed = NEEDED[type];
  if (typeof value[needed] !== 'string') {
    return { malformed: `${type} without the string member "${needed}"` };
  }
  return { event: { type, id, data: value } as unknown as StreamEvent };
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
