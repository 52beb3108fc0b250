/** Events that lack nothing but their blank line: at the end of a connection, or run together with the next one. */
import type { ConnectionView } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';
import type { Stream } from './streams.js';

/** The event that a connection ended in. */
export interface UnendedEvent {
  readonly type: string;
  readonly data: string;
}

/** No event is as long (EVENT-013); what is longer is not looked at. */
const MOST_TAIL_BYTES = 65_536;

/**
 * The event at the end of a stream that its server closed properly, whole but for its blank line. One that is cut off
 * inside its data is a cut as any other (CAP-004).
 */
export function unendedEventOf(connection: ConnectionView): UnendedEvent | undefined {
  const { tail } = connection.reading;
  const { by, kind } = connection.end;
  if (tail === null || tail.length > MOST_TAIL_BYTES || by !== 'target' || kind !== 'eof') {
    return undefined;
  }
  const fields = new Map<string, string>();
  for (const line of bytesFrom(connection, tail.offset)
    .toString('utf8')
    .split(/\r\n|\r|\n/)) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      fields.set(name, value);
    }
  }
  const data = fields.get('data');
  return data !== undefined && isObject(data) ? { type: fields.get('event') ?? 'message', data } : undefined;
}

/**
 * True where the end of a stream may have come unseen: a terminal event without its blank line (EVENT-030) or without its
 * type (EVENT-005). It lacks no end then (END-001).
 */
export function endsUnseen({ parts, restarts }: Stream): boolean {
  return [...parts, ...restarts].some((part) => {
    const last = part.events().at(-1);
    const untyped = last?.type === 'message' && last.id !== null;
    return untyped || ['complete', 'error'].includes(unendedEventOf(part)?.type ?? '');
  });
}

/** Several objects in one block are several events without a blank line between them. */
export function runsTogether({ dataLines, data }: WireEvent): boolean {
  return dataLines > 1 && data.split('\n').every(isObject);
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The bytes of a body from an offset on. */
function bytesFrom(connection: ConnectionView, offset: number): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  for (const { base64 } of connection.chunks) {
    const chunk = Buffer.from(base64, 'base64');
    if (start + chunk.length > offset) {
      parts.push(chunk.subarray(Math.max(0, offset - start)));
    }
    start += chunk.length;
  }
  return Buffer.concat(parts);
}
