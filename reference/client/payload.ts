/** Reads the data of a known event; says `malformed` instead of throwing, and names what is missing. */
import type { Diagnostic, StreamEvent } from './types.js';

export type Payload = { readonly event: StreamEvent } | { readonly malformed: string } | 'unknown';

type Data = Readonly<Record<string, unknown>>;
type Diagnose = (diagnostic: Diagnostic) => void;

/** What an `error` event is taken for that does not say what it is. */
const NO_CODE = 'x-no-code';

/** Uses what is there; members that it does not know are left in place. The most frequent type comes first. */
// EVENT-021
export function readPayload(type: string, text: string, id: number | null, diagnose: Diagnose): Payload {
  switch (type) {
    case 'content_chunk': {
      const data = parseObject(text);
      return data === undefined
        ? malformed(type)
        : { event: { type, id, content: textOf(data, 'content', type, diagnose) ?? '', data } };
    }
    case 'heartbeat': {
      const data = parseObject(text);
      // A heartbeat never carries an id (ID-005); where one does, its id counts, and is nobody's business.
      return data === undefined ? malformed(type) : { event: { type, id: null, data } };
    }
    case 'complete': {
      const data = parseObject(text);
      return data === undefined
        ? malformed(type)
        : { event: { type, id, reason: textOf(data, 'reason', type, diagnose) ?? null, data } };
    }
    case 'error': {
      const data = parseObject(text);
      return data === undefined ? malformed(type) : { event: readError(data, id, diagnose) };
    }
    default:
      // EVENT-020
      return 'unknown';
  }
}

function readError(data: Data, id: number | null, diagnose: Diagnose): StreamEvent {
  const code = textOf(data, 'code', 'error', diagnose) ?? NO_CODE;
  const message = textOf(data, 'message', 'error', diagnose) ?? 'the server reported an error';
  return { type: 'error', id, code, message, data };
}

function malformed(type: string): Payload {
  return { malformed: `the data of ${type} is not a JSON object` };
}

function textOf(data: Data, member: string, type: string, diagnose: Diagnose): string | undefined {
  const found = data[member];
  if (typeof found === 'string') {
    return found;
  }
  diagnose({ code: 'missing-member', message: `${type} without the string member "${member}"` });
  return undefined;
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
