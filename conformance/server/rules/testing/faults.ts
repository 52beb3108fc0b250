/** Ways to spoil a simulated target, a line each. */
import type { Conduct, Serving, SimEvent, SimStream } from './simulated-target.js';
import { formatEvent } from './simulated-target.js';

export type Faults = Partial<Conduct>;
type Data = Readonly<Record<string, unknown>>;

/** Changes the text of events. */
export function text(change: (text: string, event: SimEvent, serving: Serving) => string): Faults {
  return { format: (event, serving) => change(formatEvent(event), event, serving) };
}

/** Changes the text of the events of one type. */
export function textOf(type: string, change: (text: string, event: SimEvent) => string): Faults {
  return text((written, event) => (event.type === type ? change(written, event) : written));
}

/** Adds a block after every heartbeat. */
export function beside(block: string): Faults {
  return textOf('heartbeat', (written) => `${written}${block}`);
}

/** Changes the data of the events of one type. */
export function data(type: string, change: (data: Data, event: SimEvent, serving: Serving) => Data): Faults {
  return {
    format: (event, serving) =>
      formatEvent(event.type === type ? { ...event, data: change(event.data, event, serving) } : event),
  };
}

/** Changes the data of heartbeats. */
export function beats(change: (data: Data, serving: Serving) => Data): Faults {
  return { heartbeat: change };
}

export function without(object: Data, member: string): Data {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== member));
}

/** Numbers the events of every stream otherwise. */
export function numbered(change: (id: number) => number): Faults {
  return { generate: (stream) => mapEvents(stream, (event) => renumber(event, change(Number(event.id)))) };
}

function renumber(event: SimEvent, id: number): SimEvent {
  return { ...event, id, data: 'seq' in event.data ? { ...event.data, seq: id } : event.data };
}

export function mapEvents(stream: SimStream, change: (event: SimEvent) => SimEvent): SimStream {
  return { ...stream, events: stream.events.map(change) };
}

/** True where the event was there when the connection was accepted. */
export function isReplayed({ atMs }: SimEvent, { acceptedAtMs }: Serving): boolean {
  return atMs <= acceptedAtMs + 1;
}

export function lastOf({ events }: SimStream): SimEvent {
  const last = events.at(-1);
  if (last === undefined) {
    throw new Error('a simulated stream has a terminal event');
  }
  return last;
}

/** True where the stream had ended when the connection was accepted. */
export function isOver({ stream, acceptedAtMs }: Pick<Serving, 'stream' | 'acceptedAtMs'>): boolean {
  return lastOf(stream).atMs <= acceptedAtMs;
}
