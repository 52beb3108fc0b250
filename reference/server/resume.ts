/** Cursors: how they are read from a request, and where a connection that carries one goes on. */
import { encodeData, errorData, type OutgoingEvent } from './events.js';
import type { StreamState } from './store.js';
import { Refusal } from './types.js';

export interface CursorSource {
  readonly header: string | undefined;
  /** Every value of `last_event_id` in the query. */
  readonly query: readonly string[];
}

/** The cursor of a request; 0 where it has none. Throws a `Refusal` of status 400. */
export function parseCursor({ header, query }: CursorSource): number {
  // REPLAY-001, REPLAY-003, REPLAY-005
  if (header !== undefined && header !== '') return parseId(header, 'Last-Event-ID');
  const [value] = query;
  if (value === undefined) return 0;
  if (query.length > 1) throw malformed('last_event_id', `${query.length} values`);
  // REPLAY-002
  return parseId(value, 'last_event_id');
}

function parseId(text: string, source: string): number {
  const id = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  // REPLAY-004
  if (!Number.isSafeInteger(id)) throw malformed(source, text.slice(0, 40));
  return id;
}

const malformed = (source: string, came: string): Refusal =>
  new Refusal(
    400,
    'malformed_cursor',
    `${source} must be one decimal number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${JSON.stringify(came)}.`,
  );

export type Resumption =
  | { readonly kind: 'serve' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'refuse'; readonly code: 'replay_gap' | 'unknown_cursor'; readonly members: object };

/** What becomes of a cursor, given the stream it is for; undefined for a stream the server does not know. */
export function decideResumption(cursor: number, state: StreamState | undefined): Resumption {
  // REPLAY-014
  if (!state) return cursor > 0 ? { kind: 'refuse', code: 'unknown_cursor', members: {} } : { kind: 'serve' };
  // REPLAY-013
  if (cursor > state.headId) return { kind: 'refuse', code: 'unknown_cursor', members: { requested: cursor } };
  // REPLAY-016, REPLAY-018
  if (state.ended && cursor === state.headId) return { kind: 'finished' };
  // REPLAY-012
  if (cursor + 1 < state.earliestId) {
    const members = { requested: cursor, earliest_available: state.earliestId };
    return { kind: 'refuse', code: 'replay_gap', members };
  }
  // REPLAY-006, REPLAY-008, REPLAY-010, REPLAY-017
  return { kind: 'serve' };
}

const REFUSAL_MESSAGES = {
  replay_gap: 'Events after the cursor are no longer kept; read the stream again from earliest_available - 1.',
  unknown_cursor: 'The cursor belongs to no event of a stream known here; start a new stream.',
} as const;

/** The only event of a connection whose cursor is refused. */
export function refusalEvent(code: keyof typeof REFUSAL_MESSAGES, members: object, traceId: string): OutgoingEvent {
  // REPLAY-015
  const retryable = true;
  return {
    type: 'error',
    data: encodeData(errorData({ code, message: REFUSAL_MESSAGES[code], retryable, traceId, members })),
  };
}
