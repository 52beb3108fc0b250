/** Which connections of a scenario belong to one stream, and which of them created it. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';
import { carriesPart } from './http-answers.js';
import { remember } from './remember.js';

export interface StreamGroup {
  readonly scenario: ScenarioView;
  /** The id by which the requests name the stream; null where none does. */
  readonly name: string | null;
  /** The connections that carry a part of it, in the order of their requests. */
  readonly parts: readonly ConnectionView[];
  /** The one whose request created the stream. */
  readonly creator: ConnectionView;
}

/**
 * The streams of the named scenarios, or of all. A stream that the target gave another id than the requests ask for is
 * known by what its answers say: those of a second id are another stream (HTTP-028 says whether that is right).
 */
export function streamsOf(evidence: Evidence, names?: readonly string[]): readonly StreamGroup[] {
  return evidence.scenarios.filter(({ scenario }) => names === undefined || names.includes(scenario)).flatMap(groupsOf);
}

function groupsOf(scenario: ScenarioView): readonly StreamGroup[] {
  const byKey = new Map<string, ConnectionView[]>();
  for (const connection of bySending(scenario.connections)) {
    if (carriesPart(connection) && connection.request.method !== 'DELETE') {
      const key = requestedId(connection, scenario) ?? statedId(connection) ?? `#${connection.label}`;
      byKey.set(key, [...(byKey.get(key) ?? []), connection]);
    }
  }
  return [...byKey].flatMap(([key, connections]) => {
    const [creator] = connections;
    if (creator === undefined) {
      return [];
    }
    const own = statedId(creator);
    const honoured = own === undefined || own === key;
    const parts = honoured ? connections : connections.filter((part) => statedId(part) === own);
    return [{ scenario, name: key.startsWith('#') ? null : key, parts, creator }];
  });
}

/** The stream id that the request names, in the query or in the path; undefined where it names none or several. */
export function requestedId(connection: ConnectionView, scenario: ScenarioView): string | undefined {
  const url = parseUrl(connection.request.url);
  if (url === undefined) {
    return undefined;
  }
  const inQuery = url.searchParams.getAll('stream_id');
  if (inQuery.length > 0) {
    return inQuery.length === 1 ? inQuery[0] : undefined;
  }
  const known = [scenario.streamId, ...scenario.connections.map((other) => other.header('x-stream-id'))];
  return segmentsOf(url).find((segment) => known.includes(segment));
}

/**
 * The stream id that the answer states: by its header, else by its first heartbeat. Where the two differ, the one that
 * the request names is believed: a header with another name on each connection is the fault of HTTP-006 alone.
 */
export function statedId(connection: ConnectionView): string | undefined {
  const inHeader = connection.header('x-stream-id');
  const inBand = idInHeartbeat(connection);
  const named = inBand !== undefined && inBand !== '' && connection.request.url.includes(inBand);
  return inHeader === undefined || inHeader === '' || (named && !connection.request.url.includes(inHeader))
    ? inBand
    : inHeader;
}

/** `stream_id` of the first heartbeat that has one. */
export function idInHeartbeat(connection: ConnectionView): string | undefined {
  for (const heartbeat of connection.events('heartbeat')) {
    const id = connection.json(heartbeat)?.stream_id;
    if (typeof id === 'string') {
      return id;
    }
  }
  return undefined;
}

/** The cursor that the request carries, 0 where it has none or none that is well-formed. The header wins. */
export function cursorOf(connection: ConnectionView): number {
  const inHeader = connection.requestHeader('last-event-id');
  // An empty header counts as absent (REPLAY-005).
  const text = inHeader || (parseUrl(connection.request.url)?.searchParams.get('last_event_id') ?? '');
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}

/** Id of an event as a number; undefined where it has none or none that is one. */
export function idOf(event: WireEvent): number | undefined {
  return event.id !== null && /^[1-9][0-9]{0,14}$/.test(event.id) ? Number(event.id) : undefined;
}

/** When each id first came on a connection, with its event. */
export const arrivalsOf: (connection: ConnectionView) => ReadonlyMap<number, WireEvent> = remember((connection) => {
  const arrivals = new Map<number, WireEvent>();
  for (const event of connection.events()) {
    const id = idOf(event);
    if (id !== undefined && !arrivals.has(id)) {
      arrivals.set(id, event);
    }
  }
  return arrivals;
});

/** The greatest id so far each time that one came, in the order of arrival. */
const newestOverTime = remember((connection: ConnectionView) => {
  const steps: { readonly atMs: number; readonly newest: number }[] = [];
  for (const [id, { atMs }] of arrivalsOf(connection)) {
    const newest = Math.max(id, steps.at(-1)?.newest ?? 0);
    steps.push({ atMs, newest });
  }
  return steps;
});

/** Greatest id that came on a connection before `atMs`; 0 where none did. */
export function newestBefore(connection: ConnectionView, atMs: number): number {
  const steps = newestOverTime(connection);
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.atMs ?? Number.POSITIVE_INFINITY) < atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return steps[low - 1]?.newest ?? 0;
}

/** Greatest id that came on a connection; 0 where none did. */
export function newestOf(connection: ConnectionView): number {
  return newestOverTime(connection).at(-1)?.newest ?? 0;
}

export function parseUrl(url: string, base?: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

/** Segments of the path, decoded where they can be. */
export function segmentsOf(url: URL): readonly string[] {
  return url.pathname.split('/').map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  });
}

function bySending(connections: readonly ConnectionView[]): readonly ConnectionView[] {
  return [...connections].sort((one, other) => one.sentAtMs - other.sentAtMs);
}
