/** The four events: their data, and their bytes. */

import type { Complete, ContentChunk, ErrorEvent, Heartbeat } from '../../schemas/1.0/index.js';
import { formatSeconds } from './http.js';
import type { Settings, StreamRecord } from './types.js';

/** An event as it is about to be written. */
export interface OutgoingEvent {
  readonly type: string;
  /** Absent on heartbeats and in-band refusals. */
  readonly id?: number;
  /** One line of JSON. */
  readonly data: string;
}

/** An event of the stream or of one connection, as text. */
export function formatEvent(event: OutgoingEvent): string {
  // EVENT-005, EVENT-007: types come from the closed set of four.
  const type = `event: ${event.type}\n`;
  // ID-001, ID-002, ID-003, ID-004, ID-006: ids are the store's own counter.
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  // EVENT-002, EVENT-004, EVENT-030, ID-007
  return `${type}${id}data: ${event.data}\n\n`;
}

/** Bytes of some text of the stream. */
export function encodeText(text: string): Buffer {
  // EVENT-001, EVENT-003
  return Buffer.from(text, 'utf8');
}

/** Data as one line. JSON escapes CR, LF and NUL inside strings, and a lone surrogate, which UTF-8 cannot carry. */
export function encodeData(data: object): string {
  // EVENT-006, EVENT-014
  return JSON.stringify(data);
}

/** Largest event, bytes, field names included. */
export const MAX_EVENT_BYTES: number = 65_536;

export interface ContentInput {
  readonly content: string;
  readonly members: object;
  readonly id: number;
  readonly traceId: string;
}

export function contentData({ content, members, id, traceId }: ContentInput): object {
  // EVENT-008, EVENT-009, TRACE-003
  return { ...members, content, trace_id: traceId, seq: id } satisfies ContentChunk;
}

export interface CompleteInput {
  readonly reason: string;
  readonly members: object;
  readonly record: StreamRecord;
  /** Newest id before the terminal event. Every event with an id before it is a chunk. */
  readonly headId: number;
  readonly nowMs: number;
}

export function completeData({ reason, members, record, headId, nowMs }: CompleteInput): object {
  return {
    ...members,
    // EVENT-010, EVENT-011
    reason,
    duration: roundSeconds((nowMs - record.createdAtMs) / 1000),
    // END-004
    total_chunks: headId,
    trace_id: record.traceId,
    seq: headId + 1,
  } satisfies Complete;
}

/** Whether a generation may give this reason: the others are the server's own to give. */
export function isOwnReason(reason: string): boolean {
  return /^(done|length|x-[A-Za-z0-9._-]{1,62})$/.test(reason);
}

export interface ErrorInput {
  readonly code: string;
  readonly message: string;
  /** About a NEW stream. */
  readonly retryable: boolean;
  readonly traceId: string;
  readonly members?: object;
}

export function errorData({ code, message, retryable, traceId, members }: ErrorInput): object {
  // EVENT-012
  return { ...members, code, message, retryable, trace_id: traceId } satisfies ErrorEvent;
}

export interface HeartbeatInput {
  readonly record: StreamRecord;
  readonly settings: Settings;
  readonly headId: number;
  readonly ended: boolean;
  /** Of this connection, from 1. */
  readonly count: number;
  readonly nowMs: number;
}

export function heartbeatData({ record, settings, headId, ended, count, nowMs }: HeartbeatInput): object {
  const uptime = (nowMs - record.createdAtMs) / 1000;
  // HEARTBEAT-007
  return {
    // HEARTBEAT-016
    stream_id: record.streamId,
    trace_id: record.traceId,
    timestamp: new Date(nowMs).toISOString(),
    uptime_seconds: roundSeconds(uptime),
    // HEARTBEAT-011
    total_chunks: ended ? headId - 1 : headId,
    // HEARTBEAT-009
    heartbeat_count: count,
    // HEARTBEAT-010
    remaining_seconds: roundSeconds(Math.max(0, record.maxSeconds - uptime)),
    // HEARTBEAT-008
    max_duration: Number(formatSeconds(record.maxSeconds)),
    heartbeat_interval: Number(formatSeconds(settings.heartbeatInterval)),
    silence_threshold: Number(formatSeconds(settings.silenceThreshold)),
    protocol: '1.0',
    // HEARTBEAT-012
    head_id: headId,
  } satisfies Heartbeat;
}

/** The heartbeat as an event of its connection. */
export function heartbeatEvent(data: string): OutgoingEvent {
  // ID-005
  return { type: 'heartbeat', data };
}

/** Time until the next heartbeat of a connection, whatever else flows. `count` is how many it has had. */
export function heartbeatDelayMs(settings: Settings, count: number, resumed: boolean): number {
  const intervalMs = settings.heartbeatInterval * 1000;
  // HEARTBEAT-003, HEARTBEAT-004
  if (!settings.adaptiveHeartbeat || !resumed) return intervalMs;
  // A connection that follows a lost one starts at 0.6 of the interval and relaxes as it proves stable.
  return intervalMs * Math.min(1, 0.6 + 0.05 * count);
}

/** Time from the head of the answer to the first heartbeat. Nothing is written before it. */
export function firstHeartbeatDelayMs(): number {
  // HEARTBEAT-001, HEARTBEAT-002
  return 0;
}

/** Splits content so that each piece fits into an event; `fits` says whether one does. Never splits a surrogate pair. */
export function splitContent(content: string, fits: (piece: string) => boolean): string[] {
  // EVENT-013
  if (fits(content)) return [content];
  let middle = content.length >> 1;
  const unit = content.charCodeAt(middle);
  if (unit >= 0xdc00 && unit <= 0xdfff) middle += middle > 1 ? -1 : 1;
  if (middle <= 0 || middle >= content.length)
    throw new RangeError('The members of a chunk leave no room for its content.');
  return [...splitContent(content.slice(0, middle), fits), ...splitContent(content.slice(middle), fits)];
}

/** The connection an event is about to be written on. */
export interface Delivery {
  readonly record: StreamRecord;
  /** Where the connection began; 0 for the start. */
  readonly cursor: number;
  /** Whether the event was kept before the connection reached it. */
  readonly replayed: boolean;
  /** Numbers the connections of this process. */
  readonly connection: number;
}

/** What a reader gets for an event of its stream: the event as it was stored, and nothing besides. */
export function deliver(event: OutgoingEvent, _delivery: Delivery): readonly OutgoingEvent[] {
  // END-002, END-006, REPLAY-021
  return [event];
}

/** How long after the terminal event its connection closes. */
export function closeDelayMs(): number {
  // END-003
  return 0;
}

const roundSeconds = (seconds: number): number => Number(seconds.toFixed(3));
