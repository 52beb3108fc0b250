/** Judges each message of a connection: deliver it, drop it, or break the connection off. */
import { type Cursor, parseId } from './cursor.js';
import { readPayload } from './payload.js';
import type { Diagnostic, StreamEvent } from './types.js';

export type Intake =
  | { readonly kind: 'event'; readonly id: number | undefined; readonly event: StreamEvent }
  /** Of an unknown type: a sign of life, whose id counts. */
  | { readonly kind: 'unknown'; readonly id: number | undefined }
  /** A sign of life and nothing else. */
  | { readonly kind: 'duplicate' }
  /** Go back to the cursor and try once more; the second time it is a failure. */
  | {
      readonly kind: 'broken';
      readonly code: 'gap' | 'protocol';
      readonly message: string;
    };

/** Takes in one message. Moves the cursor with every new id, also of types it does not know. */
export function takeIn(
  type: string,
  data: string,
  rawId: string | undefined,
  cursor: Cursor,
  diagnose: (diagnostic: Diagnostic) => void,
): Intake {
  const id = readId(rawId, diagnose);
  if (id !== undefined) {
    const judged = cursor.judge(id);
    if (judged === 'duplicate') {
      return { kind: 'duplicate' };
    }
    if (judged === 'gap') {
      const message = `expected id ${cursor.value + 1}, got ${id}`;
      return { kind: 'broken', code: 'gap', message };
    }
  }
  const payload = readPayload(type, data, id ?? null, diagnose);
  // EVENT-026, EVENT-027
  if (payload !== 'unknown' && 'malformed' in payload) {
    return { kind: 'broken', code: 'protocol', message: payload.malformed };
  }
  // RETRY-015, EVENT-023
  if (id !== undefined) {
    cursor.moveTo(id);
  }
  return payload === 'unknown' ? { kind: 'unknown', id } : { kind: 'event', id, event: payload.event };
}

/** An `id` that is no id is named in the diagnostics and then treated as absent. */
function readId(rawId: string | undefined, diagnose: (diagnostic: Diagnostic) => void): number | undefined {
  if (rawId === undefined) {
    return undefined;
  }
  const id = parseId(rawId);
  if (id === undefined) {
    diagnose({ code: 'malformed-id', message: `expected an id from 1 to 2^53-1, got "${rawId.slice(0, 40)}"` });
  }
  return id;
}
