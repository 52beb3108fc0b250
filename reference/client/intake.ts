/** Judges each message of a connection: deliver it, drop it, or break the connection off. */
import { type Cursor, parseId } from './cursor.js';
import { type Payload, readPayload } from './payload.js';
import type { Diagnostic } from './types.js';

/**
 * `unknown`: of an unknown type, a sign of life whose id counts. `duplicate`: a sign of life and nothing else. `broken`:
 * go back to the cursor.
 */
export type Intake = Payload | 'duplicate';

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
      return 'duplicate';
    }
    if (judged === 'gap') {
      const message = `expected id ${cursor.value + 1}, got ${id}`;
      return { type: 'broken', code: 'gap', message };
    }
  }
  const payload = readPayload(type, data, id ?? null, diagnose);
  // RETRY-015, EVENT-023
  if (id !== undefined && (payload === 'unknown' || payload.type !== 'broken')) {
    cursor.moveTo(id);
  }
  return payload;
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
