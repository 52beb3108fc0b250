/** The delays of a client before its reconnections, beside the window that the backoff allows. */
import type { ConnectionView, Ending } from '../../evidence/types.js';
import { EARLY_MS, LATE_MS } from '../../judge/tolerances.js';
import { intakesOf } from './intake.js';
import { cursorOf, lastEventMs, lostAtMs, reportsOf, type Session } from './session.js';

/** The backoff's defaults; the spec names them. */
const BASE_MS = 1000;
export const CAP_MS = 5000;

/** Scenarios in which a floor or a malformed `retry` bears on the delay: they have rules of their own. */
export const FLOORED = [
  'retry-floor',
  'retry-after',
  'retry-after-429',
  'retry-after-date',
  'retry-after-huge',
  'retry-huge',
  'retry-malformed',
];

export interface Delay {
  readonly session: Session;
  /** The request that the delay came before. */
  readonly connection: ConnectionView;
  readonly delayMs: number;
  /** What the client says that it waits; undefined where it does not say so. */
  readonly saidMs: number | undefined;
  /** The same from when the client could know at the soonest that the connection was of no more use. */
  readonly sinceKnownMs: number;
  /** Who ended the connection that was lost: a client that did knew before the kit could see it. */
  readonly endedBy: Ending['by'];
  /** Reconnections since there was progress last. */
  readonly n: number;
  /** min(base × 2^n, cap). */
  readonly backoffMs: number;
  /** The same for a client whose cursor shows that it took in nothing new: to it there was no progress. */
  readonly longestMs: number;
}

/** The delays of a session; those after the stream's end are no reconnections. */
export function delaysOf(session: Session): readonly Delay[] {
  const intakes = intakesOf(session.connections);
  const wokenMs = session.scenario.notes['cue-wake-atMs'];
  let n = 0;
  let most = 0;
  const delays: Delay[] = [];
  for (const [index, connection] of session.connections.entries()) {
    const lost = session.connections[index - 1];
    if (lost === undefined) {
      continue;
    }
    if (intakes[index - 1]?.after.progress === true || wasStable(lost)) {
      n = 0;
      most = isStuck(lost, connection) ? most : 0;
    }
    const woken = typeof wokenMs === 'number' && wokenMs >= lostAtMs(lost) && wokenMs <= connection.sentAtMs;
    const delayMs = connection.sentAtMs - lostAtMs(lost);
    // A client that asks again beside a connection that it keeps has another fault, and no delay that the kit could see.
    if (!woken && lost.status !== 307 && delayMs > -EARLY_MS) {
      delays.push({
        session,
        connection,
        delayMs,
        sinceKnownMs: connection.sentAtMs - soonestKnown(lost, intakes[index - 1]?.after.broken?.event.atMs),
        saidMs: saidBetween(session, lost, connection),
        endedBy: lost.end.by,
        n,
        backoffMs: Math.min(BASE_MS * 2 ** n, CAP_MS),
        longestMs: Math.min(BASE_MS * 2 ** most, CAP_MS),
      });
      n += 1;
      most += 1;
    }
  }
  return delays;
}

/** Where the client went first: when it was sent what it cannot take in, or when the silence had lasted its time. */
function soonestKnown(lost: ConnectionView, brokenAtMs: number | undefined): number {
  if (lost.end.by !== 'target') {
    return lostAtMs(lost);
  }
  const silentAtMs = lastEventMs(lost) + lost.declared.silenceThreshold * 1000;
  const soonest = brokenAtMs ?? (silentAtMs <= lost.end.atMs + EARLY_MS ? silentAtMs : Number.NEGATIVE_INFINITY);
  return Math.max(soonest, lostAtMs(lost) - LATE_MS);
}

/** True where the client asks again for what it was sent. */
function isStuck(lost: ConnectionView, next: ConnectionView): boolean {
  const [before, after] = [cursorOf(lost), cursorOf(next)];
  return after !== undefined && Number(after) <= Number(before ?? 0);
}

/** The delay that the client announced between a loss and the request after it. */
function saidBetween(session: Session, lost: ConnectionView, next: ConnectionView): number | undefined {
  return reportsOf(session, 'state')
    .filter(
      ({ atMs, report }) => report.state === 'reconnecting' && atMs > lost.sentAtMs && atMs <= next.sentAtMs + EARLY_MS,
    )
    .map(({ report }) => report.delayMs)
    .findLast((value): value is number => typeof value === 'number');
}

/** Open for twice the heartbeat interval, with an event that shows it was alive (RETRY-015). */
function wasStable(connection: ConnectionView): boolean {
  const { response } = connection;
  const interval = connection.declared.heartbeatInterval * 1000;
  return response !== null && connection.events().length > 0 && lastEventMs(connection) - response.atMs >= 2 * interval;
}

/** What kind of backoff a row of delays is, in words; the delays are those of n = 0, 1, 2 … without progress. */
export function nameBackoff(delaysMs: readonly number[]): string {
  const [first, second, third] = delaysMs;
  if (first === undefined || second === undefined || third === undefined) {
    return 'too few delays to name it';
  }
  const near = (a: number, b: number) => Math.abs(a - b) <= 0.25 * Math.max(a, b) + 100;
  if (Math.max(...delaysMs) < 100) {
    return 'no backoff: attempts follow at once';
  }
  if (delaysMs.some((delayMs) => delayMs > CAP_MS * 1.25)) {
    return `uncapped: up to ${Math.round(Math.max(...delaysMs))} ms`;
  }
  if (delaysMs.every((delayMs) => near(delayMs, first))) {
    return `constant: about ${Math.round(first)} ms each time`;
  }
  if (near(second - first, third - second) && !near(third, 2 * second)) {
    return `linear: about ${Math.round(second - first)} ms more each time`;
  }
  return `of its own kind: ${delaysMs.map((delayMs) => Math.round(delayMs)).join(', ')} ms`;
}
