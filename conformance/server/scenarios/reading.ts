/** How scenarios look at a live connection: ids, terminal events, and what "to the end" means. */
import { declare } from '../../evidence/declared.js';
import type { Ending, RecordedResponse } from '../../evidence/types.js';
import { isEventStreamType } from '../../evidence/views.js';
import type { WireEvent } from '../../wire/types.js';
import type { OpenOptions, Stage, Visit } from './scenario.js';

/** How long a target is watched after its terminal event: END-003 gives it 1 s, the tolerance half a second more. */
const AFTER_TERMINAL_MS = 1550;

/** A refusal or a short answer that takes longer than this is none. */
export const BRIEF_MS = 2500;

/**
 * The id of an event as a number; undefined where it has none or one that is no cursor (ID-001). The id of a heartbeat is
 * a fault of its own (ID-005): resuming from it would only show that it stands in no history.
 */
export function numberOfId(event: WireEvent): number | undefined {
  if (!event.dispatched || event.id === null || event.type === 'heartbeat' || !/^[1-9][0-9]{0,15}$/.test(event.id)) {
    return undefined;
  }
  return Number(event.id);
}

export function isTerminal(event: WireEvent): boolean {
  return event.dispatched && (event.type === 'complete' || event.type === 'error');
}

export function headerOf(response: RecordedResponse | null, name: string): string | undefined {
  return response?.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** True for status 200 with the media type of an event stream. */
export function opensStream(response: RecordedResponse | null): boolean {
  return response?.status === 200 && isEventStreamType(headerOf(response, 'content-type'));
}

/** The newest id on a connection so far. */
export function newestId(visit: Visit): number | undefined {
  return visit.events.reduce<number | undefined>((newest, event) => numberOfId(event) ?? newest, undefined);
}

/** The event that brings the n-th id of a connection; undefined when it ends before. */
export function untilIds(visit: Visit, count: number): Promise<WireEvent | undefined> {
  let seen = 0;
  return visit.until((event) => {
    seen += numberOfId(event) === undefined ? 0 : 1;
    return seen === count;
  });
}

/** Reads until the target closes; after a terminal event only a moment longer, then the kit closes. */
export async function readToEnd(stage: Stage, visit: Visit): Promise<Ending> {
  const stays = async (): Promise<Ending> => {
    if ((await visit.until(isTerminal)) !== undefined) {
      await Promise.race([visit.ended, stage.pause(AFTER_TERMINAL_MS)]);
      return visit.close();
    }
    return visit.ended;
  };
  return Promise.race([visit.ended, stays()]);
}

/** Opens and reads to the end. */
export async function read(stage: Stage, options: OpenOptions): Promise<Visit> {
  const visit = stage.open(options);
  await readToEnd(stage, visit);
  return visit;
}

/** Opens, takes the head and the whole body of a short answer; a stream is closed after its first event. */
export async function glance(stage: Stage, options: OpenOptions): Promise<Visit> {
  const visit = stage.open({ timeoutMs: BRIEF_MS, ...options });
  if (opensStream(await visit.response)) {
    await visit.until(() => true);
    await visit.close();
  } else {
    await visit.ended;
  }
  return visit;
}

/** The cap that a connection declares by header or first heartbeat, else the default; seconds. */
export function declaredCap(visit: Visit, response: RecordedResponse | null): number {
  const heartbeat = visit.events.find((event) => event.type === 'heartbeat');
  return declare((name) => headerOf(response, name), heartbeat === undefined ? undefined : objectIn(heartbeat.data))
    .maxSeconds;
}

function objectIn(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
