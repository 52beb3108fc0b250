/** When a client announces `waiting`, and whether it does so on time. */

import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { lastEventMs, reportsOf, type Session, sessionsOf, textOf } from './session.js';

/** From the last event of a silent connection to `waiting`, milliseconds; undefined where it is not announced. */
export function waitingMs(session: Session, connection: ConnectionView): number | undefined {
  const sinceMs = lastEventMs(connection);
  const waiting = reportsOf(session, 'state').find(
    (report) =>
      textOf(report, 'state') === 'waiting' && report.atMs >= sinceMs && report.atMs <= connection.end.atMs + LATE_MS,
  );
  return waiting && waiting.atMs - sinceMs;
}

/** The longest pause between two events of a connection that stayed open: from and to. */
export function longestPause(session: Session): { readonly fromMs: number; readonly toMs: number } {
  const events = session.connections[0]?.events() ?? [];
  let longest = { fromMs: 0, toMs: 0 };
  for (const [index, event] of events.entries()) {
    const previous = events[index - 1];
    if (previous !== undefined && event.startedAtMs - previous.atMs > longest.toMs - longest.fromMs) {
      longest = { fromMs: previous.atMs, toMs: event.startedAtMs };
    }
  }
  return longest;
}

/** True where the client announces `waiting` when it is due by a declared interval (STATE-004). */
export function announcesWaiting(evidence: Evidence): boolean {
  return sessionsOf(evidence, ['waiting']).some((session) => {
    const [first] = session.connections;
    const { fromMs } = longestPause(session);
    const dueMs = fromMs + (first?.declared.heartbeatInterval ?? 0) * 2000;
    return reportsOf(session, 'state').some(
      (report) =>
        textOf(report, 'state') === 'waiting' && report.atMs >= dueMs - EARLY_MS && report.atMs <= dueMs + LATE_MS,
    );
  });
}
