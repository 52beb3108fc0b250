/** Reads the data of a known event; says `malformed` instead of throwing, and names what is missing. */
import type { Diagnostic, StreamEvent } from './types.js';

/** What breaks a connection off: go back to the cursor and try once more; the second time it is a failure. */
interface Broken {
  readonly type: 'broken';
  readonly code: 'gap' | 'protocol';
  readonly message: string;
}

/** Without a wrapper, as one is made for every event. */
export type Payload = StreamEvent | Broken | 'unknown';

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
        : {
            type,
            id,
            content: typeof data.content === 'string' ? data.content : missing('content', type, diagnose),
            data,
          };
    }
    case 'heartbeat': {
      const data = parseObject(text);
      // A heartbeat never carries an id (ID-005); where one does, its id counts, and is nobody's business.
      return data === undefined ? malformed(type) : { type, id: null, data };
    }
    case 'complete': {
      const data = parseObject(text);
      return data === undefined
        ? malformed(type)
        : { type, id, reason: textOf(data, 'reason', type, diagnose) ?? null, data };
    }
    case 'error': {
      const data = parseObject(text);
      return data === undefined ? malformed(type) : readError(data, id, diagnose);
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

// EVENT-026, EVENT-027
function malformed(type: string): Broken {
  return { type: 'broken', code: 'protocol', message: `the data of ${type} is not a JSON object` };
}

function textOf(data: Data, member: string, type: string, diagnose: Diagnose): string | undefined {
  const found = data[member];
  if (typeof found === 'string') {
    return found;
  }
  missing(member, type, diagnose);
  return undefined;
}

function missing(member: string, type: string, diagnose: Diagnose): '' {
  diagnose({ code: 'missing-member', message: `${type} without the string member "${member}"` });
  return '';
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
