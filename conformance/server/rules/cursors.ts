/** The cursor of a request, by the grammar of ids: what a conforming server takes it for. */
import type { ConnectionView } from '../../evidence/types.js';
import { parseUrl } from './http-streams.js';
import { remember } from './remember.js';

export type Cursor =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly by: 'header' | 'query'; readonly text: string }
  | {
      readonly kind: 'at';
      readonly id: number;
      readonly by: 'header' | 'query';
      /** A well-formed cursor in the query that the header's goes before (REPLAY-003). */
      readonly inQuery?: number;
    };

/** The cursor a request carries; the header goes before the query, an empty header counts as absent (REPLAY-005). */
export const cursorOf: (connection: ConnectionView) => Cursor = remember((connection) => {
  const header = connection.requestHeader('last-event-id')?.trim() ?? '';
  const queries = queryCursorsOf(connection);
  const [query] = queries;
  if (header !== '') {
    const id = cursorId(header);
    const inQuery = queries.length === 1 && query !== undefined ? cursorId(query) : undefined;
    if (id === undefined) {
      return { kind: 'malformed', by: 'header', text: header };
    }
    return { kind: 'at', id, by: 'header', ...(inQuery === undefined ? {} : { inQuery }) };
  }
  if (query === undefined) {
    return { kind: 'none' };
  }
  if (queries.length > 1) {
    return { kind: 'malformed', by: 'query', text: queries.join('&') };
  }
  const id = cursorId(query);
  return id === undefined ? { kind: 'malformed', by: 'query', text: query } : { kind: 'at', id, by: 'query' };
});

/** True where the request has a `Last-Event-ID` header that is empty. */
export function hasEmptyHeader(connection: ConnectionView): boolean {
  return connection.requestHeader('last-event-id')?.trim() === '';
}

/** True where the query carries the parameter, whatever its value. */
export function hasQueryCursor(connection: ConnectionView): boolean {
  return queryCursorsOf(connection).length > 0;
}

/** How the request sent its cursor, for a finding: `Last-Event-ID: 4`. */
export function describeCursor(cursor: Cursor): string {
  if (cursor.kind !== 'at' && cursor.kind !== 'malformed') {
    return 'no cursor';
  }
  const value = cursor.kind === 'at' ? String(cursor.id) : JSON.stringify(cursor.text.slice(0, 100));
  return cursor.by === 'header' ? `Last-Event-ID: ${value}` : `last_event_id=${value}`;
}

function queryCursorsOf(connection: ConnectionView): readonly string[] {
  return parseUrl(connection.request.url, 'http://kit.invalid')?.searchParams.getAll('last_event_id') ?? [];
}

function cursorId(text: string): number | undefined {
  const id = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}
