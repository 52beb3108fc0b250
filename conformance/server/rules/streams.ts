/** What the connections of a scenario say together about each stream: its ids, its end, the window of its creation. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import type { WireEvent } from '../../wire/types.js';
import { cursorOf } from './cursors.js';
import { mayBeSecond } from './http-generation.js';
import { requestedId, statedId } from './http-streams.js';
import { remember } from './remember.js';
import { runsTogether } from './tails.js';

/** An event with a well-formed id (ID-001), and where it came. */
export interface Arrival {
  readonly connection: ConnectionView;
  readonly event: WireEvent;
  readonly id: number;
}

export interface Stream {
  readonly scenario: ScenarioView;
  /** Every connection whose request names the stream, refused ones included, in the order of their requests. */
  readonly connections: readonly ConnectionView[];
  /** Those that carry a part of it. */
  readonly parts: readonly ConnectionView[];
  /** Those that carry a second generation under its name instead (HTTP-029): they say nothing about this one. */
  readonly restarts: readonly ConnectionView[];
  /** The part whose request, the first and without a cursor, created the stream; undefined where none did. */
  readonly creator: ConnectionView | undefined;
  /** The stream was created within this window, milliseconds on the scenario's clock. */
  readonly created: { readonly earliestMs: number; readonly latestMs: number } | undefined;
  /** First arrival of every id, in ascending order of id; heartbeats aside. */
  readonly arrivals: ReadonlyMap<number, Arrival>;
  /** Ids that went to heartbeats (ID-005) and to blocks that no reader dispatches (ID-007): they are no events. */
  readonly spentIds: ReadonlySet<number>;
  /** Least and greatest id that came; 0 where none did. */
  readonly lowestId: number;
  readonly highestId: number;
  /** The terminal event where it came first. */
  readonly terminal: { readonly connection: ConnectionView; readonly event: WireEvent } | undefined;
}

const REFUSAL_CODES: readonly unknown[] = ['replay_gap', 'unknown_cursor'];

/** The value of an id as ID-001 spells it; undefined for every other spelling. */
export function idOf(event: WireEvent): number | undefined {
  const id = event.id !== null && /^[1-9][0-9]{0,15}$/.test(event.id) ? Number(event.id) : undefined;
  return id !== undefined && Number.isSafeInteger(id) ? id : undefined;
}

/** True for the event that ends a stream: `complete`, or an `error` that is no refusal of a cursor. */
export function endsStream(connection: ConnectionView, event: WireEvent): boolean {
  return event.type === 'complete' || (event.type === 'error' && !REFUSAL_CODES.includes(connection.json(event)?.code));
}

/** The terminal event of its stream on this connection; undefined where none came. */
export function terminalOf(connection: ConnectionView): WireEvent | undefined {
  return connection.carriesStream ? connection.events().find((event) => endsStream(connection, event)) : undefined;
}

/** The events of a connection with a well-formed id as they came; heartbeats and what runs together (EVENT-030) aside. */
export const numberedOn: (connection: ConnectionView) => readonly Arrival[] = remember((connection) =>
  connection.events().flatMap((event) => {
    const id = event.type === 'heartbeat' || runsTogether(event) ? undefined : idOf(event);
    return id === undefined ? [] : [{ connection, event, id }];
  }),
);

/** The ids of `numberedOn`. */
export const idsOn: (connection: ConnectionView) => ReadonlySet<number> = remember(
  (connection) => new Set(numberedOn(connection).map(({ id }) => id)),
);

/** True where the request asks for the stream from its start: no cursor, or the cursor 0. */
export function isFromStart(connection: ConnectionView): boolean {
  const cursor = cursorOf(connection);
  return cursor.kind === 'none' || (cursor.kind === 'at' && cursor.id === 0);
}

/** True where the two events are the same, byte for byte, in type, id and data. */
export function isSameEvent(one: WireEvent, other: WireEvent): boolean {
  return one.typeField === other.typeField && one.id === other.id && one.data === other.data;
}

/** True where the two are the same but for the trace id that their connections declare (TRACE-002). */
export function isSameButForTrace(
  connection: ConnectionView,
  event: WireEvent,
  otherConnection: ConnectionView,
  other: WireEvent,
): boolean {
  const one = connection.header('x-trace-id');
  const two = otherConnection.header('x-trace-id');
  const changed = one !== undefined && two !== undefined && two !== '' && one !== two;
  return (
    isSameEvent(event, other) || (changed && isSameEvent(event, { ...other, data: other.data.replaceAll(two, one) }))
  );
}

/** True where type, id, and the reason or the code agree. */
export function isSameOutcome(
  connection: ConnectionView,
  event: WireEvent,
  otherConnection: ConnectionView,
  other: WireEvent,
): boolean {
  const one = connection.json(event);
  const two = otherConnection.json(other);
  return event.type === other.type && event.id === other.id && one?.reason === two?.reason && one?.code === two?.code;
}

/** Greatest id that had come on any connection of the stream by then: it was produced by then. 0 where none had. */
export function highestBefore(stream: Stream, atMs: number): number {
  let highest = 0;
  for (const { id, event } of stream.arrivals.values()) {
    if (event.atMs <= atMs && id > highest) {
      highest = id;
    }
  }
  return highest;
}

/** True where the request was sent when the stream's terminal event had already come. */
export function isAfterTheEnd(stream: Stream, connection: ConnectionView): boolean {
  return stream.terminal !== undefined && connection.sentAtMs >= stream.terminal.event.atMs;
}

/** Every stream of the evidence. */
export function streamsOf(evidence: Evidence): readonly Stream[] {
  return evidence.scenarios.flatMap(streamsOfScenario);
}

const streamsOfScenario: (scenario: ScenarioView) => readonly Stream[] = remember((scenario) => {
  const byKey = new Map<string, ConnectionView[]>();
  for (const connection of [...scenario.connections].sort((one, other) => one.sentAtMs - other.sentAtMs)) {
    const key = keyOf(connection, scenario);
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, [connection]);
    } else {
      known.push(connection);
    }
  }
  return [...byKey].map(([key, connections]) => describe(scenario, key, connections));
});

/** What a request names is the stream, whatever the answer calls it; other parameters or principals are another. */
function keyOf(connection: ConnectionView, scenario: ScenarioView): string {
  const other = ['authorization', 'conflict'].includes(scenario.scenario) && connection.label !== 'first';
  const id = other ? undefined : (requestedId(connection, scenario) ?? statedId(connection));
  return id ?? `#${connection.label}`;
}

function describe(scenario: ScenarioView, key: string, named: readonly ConnectionView[]): Stream {
  const carrying = named.filter((connection) => connection.carriesStream && connection.request.method !== 'DELETE');
  const [opening] = carrying;
  const creator = opening !== undefined && isFromStart(opening) ? opening : undefined;
  // A target that takes another id than it was given says by that id which of its answers belong together.
  const own = creator === undefined ? undefined : statedId(creator);
  const joined = carrying.filter((part) => own === undefined || own === key || statedId(part) === own);
  const restarts = joined.filter(
    (part) =>
      creator !== undefined && part !== creator && mayBeSecond({ scenario, name: key, parts: joined, creator }, part),
  );
  const parts = joined.filter((part) => !restarts.includes(part));
  const arrivals = arrivalsOn(parts);
  const ids = [...arrivals.keys()];
  return {
    scenario,
    connections: named,
    parts,
    restarts,
    creator,
    created: creator === undefined ? undefined : creationOf(named, parts),
    arrivals,
    spentIds: spentOn(parts),
    lowestId: ids[0] ?? 0,
    highestId: ids.at(-1) ?? 0,
    terminal: terminalIn(parts),
  };
}

/** Not before the first request that names it, a HEAD that should not create it included; not after the first answer. */
function creationOf(
  named: readonly ConnectionView[],
  parts: readonly ConnectionView[],
): { earliestMs: number; latestMs: number } {
  return {
    earliestMs: least(named.map((connection) => connection.sentAtMs)),
    latestMs: least(parts.map((part) => part.response?.atMs ?? part.end.atMs)),
  };
}

function arrivalsOn(parts: readonly ConnectionView[]): ReadonlyMap<number, Arrival> {
  const first = new Map<number, Arrival>();
  for (const part of parts) {
    for (const arrival of numberedOn(part)) {
      const known = first.get(arrival.id);
      if (known === undefined || arrival.event.atMs < known.event.atMs) {
        first.set(arrival.id, arrival);
      }
    }
  }
  return new Map([...first].sort(([one], [other]) => one - other));
}

function spentOn(parts: readonly ConnectionView[]): ReadonlySet<number> {
  const spent = new Set<number>();
  for (const part of parts) {
    for (const event of part.reading.events) {
      const id = event.type === 'heartbeat' || !event.dispatched ? idOf(event) : undefined;
      if (id !== undefined) {
        spent.add(id);
      }
    }
  }
  return spent;
}

function terminalIn(parts: readonly ConnectionView[]): Stream['terminal'] {
  let first: Stream['terminal'];
  for (const connection of parts) {
    const event = terminalOf(connection);
    if (event !== undefined && (first === undefined || event.atMs < first.event.atMs)) {
      first = { connection, event };
    }
  }
  return first;
}

/** `Math.min` of a list: spread out, a long one would not fit on the stack. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}
