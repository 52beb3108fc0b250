/** What a conforming client has taken in from the bytes it was sent: the expected cursor at each request. */
import type { ConnectionView } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';

const KNOWN = ['content_chunk', 'heartbeat', 'complete', 'error'];

/** A well-formed id as a number (ID-001); undefined for anything else. */
function idOf(event: WireEvent): number | undefined {
  return event.id !== null && /^[1-9][0-9]{0,15}$/.test(event.id) ? Number(event.id) : undefined;
}

/** Why a client breaks a connection off. */
interface Break {
  readonly kind: 'gap' | 'malformed';
  readonly event: WireEvent;
}

export interface Intake {
  /** Cursor after the connection; 0 where no event with an id was taken in yet. */
  readonly cursor: number;
  /** True where the connection brought a new id. */
  readonly progress: boolean;
  readonly broken: Break | undefined;
}

/** Takes in a connection from a cursor on: whole events, in order, duplicates dropped, up to a jump or broken data. */
function takeIn(connection: ConnectionView, from: number): Intake {
  let cursor = from;
  for (const event of connection.isEventStream ? connection.events() : []) {
    const id = idOf(event);
    if (id !== undefined && id > cursor + 1) {
      return { cursor, progress: cursor > from, broken: { kind: 'gap', event } };
    }
    if (KNOWN.includes(event.type) && connection.json(event) === undefined && (id === undefined || id > cursor)) {
      return { cursor, progress: cursor > from, broken: { kind: 'malformed', event } };
    }
    cursor = id !== undefined && id === cursor + 1 ? id : cursor;
  }
  return { cursor, progress: cursor > from, broken: undefined };
}

/** The expected cursor at each request: entry k is what connection k should carry, and what it then took in. */
export function intakesOf(
  connections: readonly ConnectionView[],
): readonly { readonly before: number; readonly after: Intake }[] {
  let cursor = 0;
  return connections.map((connection) => {
    const before = cursor;
    const after = takeIn(connection, before);
    cursor = after.cursor;
    return { before, after };
  });
}
