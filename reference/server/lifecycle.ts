/** When a stream ends, and what a connection's troubles mean for it: nothing. */
import type { Settings, StreamRecord } from './types.js';

/** Time left until the cap. It counts from the creation of the stream, so that no reconnection extends it. */
export function capDelayMs(record: StreamRecord, nowMs: number): number {
  // CAP-001, CAP-002, CAP-003
  return record.createdAtMs + record.maxSeconds * 1000 - nowMs;
}

/** Whether a stream whose last reader went away ends. */
export function endsWithoutReaders(_record: StreamRecord): boolean {
  // HTTP-030
  return false;
}

/** The `reason` a `DELETE` ends a stream with; undefined where it does not. */
export function cancelReason(): string | undefined {
  // HTTP-031
  return 'cancelled';
}

/** Whether a connection goes on with live events when the replay is through. */
export function followsLive(_resumed: boolean): boolean {
  // REPLAY-009
  return true;
}

/** Most events of a replay. */
export function replayLimit(): number {
  // REPLAY-011
  return Number.POSITIVE_INFINITY;
}

/** Whether a stream with this many readers takes another. */
export function admitsReader(readers: number, settings: Settings): boolean {
  // REPLAY-022, REPLAY-023
  return readers < settings.maxReadersPerStream;
}

/** Whether a connection with this many unread bytes is given up; its client resumes. */
export function overflows(bufferedBytes: number, settings: Settings): boolean {
  // OPS-001, OPS-002, CAP-004
  return bufferedBytes > settings.maxBufferedBytes;
}

/** The last words of a connection at shutdown: when to come back, spread so that not all come at once. */
export function shutdownText(random: () => number): string {
  // OPS-003, OPS-004
  return `retry: ${1000 + Math.floor(random() * 4000)}\n\n`;
}
