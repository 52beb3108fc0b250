/** Which answers of a target count: those that carry events, those that carry a part of a stream, refusals. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { remember } from './remember.js';

/** Bytes of a body that are looked at as text; a problem is far shorter. */
const BODY_BYTES = 65_536;

/** Codes of the in-band refusal of a cursor. */
const REFUSAL_CODES: readonly unknown[] = ['replay_gap', 'unknown_cursor'];

/** Scenarios whose answers carry events; the rules about headers look at every answer, these give the occasion. */
export const EVENT_SCENARIOS = [
  'read-through',
  'cut-and-resume',
  'readers',
  'after-the-end',
  'bad-cursor',
  'unknown-cursor',
  'evicted',
  'cap',
  'error',
  'create',
  'cors',
] as const;

/**
 * True where the body has at least one event that a reader dispatches, whatever the status and the media type say. A
 * body that begins like JSON or a page is none, even where one of its lines looks like a field.
 */
export const carriesEvents: (connection: ConnectionView) => boolean = remember(
  (connection) =>
    connection.response !== null && connection.events().length > 0 && !/^[[{<]/.test(bodyStart(connection)),
);

/**
 * True where the events are a part of a stream. A refusal in band is none, also where a heartbeat goes before it.
 * Unlike `ConnectionView.carriesStream` this does not ask for the right status and media type, so that a fault in one
 * of these does not hide all others.
 */
export function carriesPart(connection: ConnectionView): boolean {
  if (!carriesEvents(connection)) {
    return false;
  }
  const opening = connection.events().find((event) => event.type !== 'heartbeat');
  return opening?.type !== 'error' || !REFUSAL_CODES.includes(connection.json(opening)?.code);
}

/** True for a target that showed in this run that it serves streams: one that refuses everything obeys nothing. */
export function servesStreams(evidence: Evidence): boolean {
  return evidence.connections().some((connection) => connection.isEventStream && carriesPart(connection));
}

/** True for the status of a server that is busy or overloaded: it says nothing about what was asked. */
export function isBusy(status: number): boolean {
  return [408, 425, 429, 502, 503, 504].includes(status);
}

/** True where the server is busy or wants other credentials. */
export function refusesForOtherReasons(status: number): boolean {
  return isBusy(status) || [401, 403, 407].includes(status);
}

/** The body as text, at most the first 64 KiB. */
export function bodyText(connection: ConnectionView): string {
  return bodyOf(connection, BODY_BYTES).toString('utf8');
}

/** The same bytes as characters of one byte each, in which bytes of any encoding can be sought. */
export function bodyBytes(connection: ConnectionView): string {
  return bodyOf(connection, BODY_BYTES).toString('latin1');
}

/** How an answer reads in a finding: `status 200 with text/event-stream`. */
export function describeAnswer(connection: ConnectionView): string {
  if (connection.status === null) {
    return `no answer (${connection.end.kind})`;
  }
  const type = connection.header('content-type');
  return `status ${connection.status}${type === undefined ? '' : ` with ${shorten(type)}`}`;
}

/** A value of the target's in quotes, at most 100 characters of it. */
export function quote(value: string): string {
  return JSON.stringify(shorten(value));
}

function shorten(value: string): string {
  return value.length > 100 ? `${value.slice(0, 100)}…` : value;
}

function bodyStart(connection: ConnectionView): string {
  return bodyOf(connection, 64)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
}

function bodyOf(connection: ConnectionView, bytes: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (const chunk of connection.chunks) {
    if (length >= bytes) {
      break;
    }
    const part = Buffer.from(chunk.base64, 'base64');
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts).subarray(0, bytes);
}
