/** Shapes that most rules on clients have: over sessions, over "no further request", over what was taken in. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type Rule, right, type Sighting, wrong } from '../../judge/rule.js';
import { intakesOf } from './intake.js';
import {
  cursorAt,
  cursorOf,
  lastReportedOf,
  lostAtMs,
  placeAt,
  reportedIds,
  reportsIds,
  retriesAtAll,
  type Session,
  sessionsOf,
} from './session.js';

/** All of a rule but its judging. */
export type About = Omit<Rule, 'judge'>;

/** The hint for rules that any client gives an occasion to. */
export const ANY_CLIENT =
  'Let the client connect to the URL that it is given, and run until it has finished or failed.';

/** The hint for rules that only a report can show. */
export const REPORT =
  'Let the client report: print one JSON object a line, as `docs/guides/certify-a-client.md` shows.';

/** Scenarios whose purpose is a plain cut: a client that comes back in one of them retries at all. */
export const PLAIN_CUTS = ['cut-after', 'reset-after', 'truncated-after'];

/** Over the sessions of the rule's own scenarios. */
export function overSessions(about: About, look: (session: Session, evidence: Evidence) => Iterable<Sighting>): Rule {
  return {
    ...about,
    *judge(evidence) {
      for (const session of sessionsOf(evidence, about.from)) {
        yield* look(session, evidence);
      }
    },
  };
}

/**
 * Right where no request follows the one at `index`, wrong for the first that does. A client that never comes back
 * anywhere gives no occasion: add a scenario of `PLAIN_CUTS` to `from`.
 */
export function* noRequestAfter(
  session: Session,
  index: number,
  evidence: Evidence,
  because: string,
): Iterable<Sighting> {
  const last = session.connections[index];
  const next = session.connections[index + 1];
  if (last === undefined) {
    return;
  }
  if (next !== undefined) {
    const afterMs = Math.round(next.sentAtMs - lostAtMs(last));
    yield wrong(
      placeAt(session, next.sentAtMs, next),
      `no request after ${because}`,
      `another request after ${afterMs} ms`,
    );
  } else if (session.scenario.outcome === 'done' && retriesAtAll(evidence)) {
    yield right(placeOf(last));
  }
}

/** Right where the client came back after its first connection, wrong where it did not. */
export function* cameBack(session: Session, after: string): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first !== undefined && second !== undefined) {
    yield right(placeAt(session, second.sentAtMs, second));
  } else if (first !== undefined && session.scenario.outcome === 'done') {
    yield wrong(placeAt(session, lostAtMs(first), first), `another request after ${after}`, 'no other request');
  }
}

/**
 * Right where the client took in everything it was sent on its first connection up to `id`, wrong where it shows that
 * it did not: by its next cursor, or by what it reported.
 */
export function* tookIn(session: Session, evidence: Evidence, id: number, how: string): Iterable<Sighting> {
  const [first, second] = session.connections;
  if (first === undefined) {
    return;
  }
  const expected = `event ${id} taken in from ${how}`;
  const cursor = second && cursorAt(second, evidence);
  if (second !== undefined && cursor !== undefined) {
    yield cursor === id
      ? right(placeAt(session, second.sentAtMs, second))
      : wrong(
          placeAt(session, second.sentAtMs, second),
          expected,
          `a request with ${describeCursor(cursorOf(second))}`,
        );
  } else if (reportsIds(evidence)) {
    // Before any other request: without a cursor everything comes again, and better.
    const ids = reportedIds({
      ...session,
      reports: session.reports.filter(({ atMs }) => atMs <= (second?.sentAtMs ?? Number.POSITIVE_INFINITY)),
    });
    yield ids.includes(lastReportedOf(first, id, evidence))
      ? right(placeOf(first))
      : wrong(placeOf(first), expected, `reported ids ${ids.join(', ') || 'none'} of the first connection`);
  } else if (second === undefined && first.terminal !== undefined && first.end.by === 'target') {
    // Of a client that comes back after a cut, staying away says that it has seen the end.
    yield* retriesAtAll(evidence) ? [right(placeAt(session, first.end.atMs, first))] : [];
  }
}

export function describeCursor(cursor: string | undefined): string {
  return cursor === undefined ? 'no cursor' : `the cursor ${JSON.stringify(cursor.slice(0, 40))}`;
}

/** Connections with the cursor that a conforming client has at their request. */
export function* withExpectedCursor(
  session: Session,
): Iterable<{ readonly connection: ConnectionView; readonly expected: number; readonly index: number }> {
  for (const [index, intake] of intakesOf(session.connections).entries()) {
    const connection = session.connections[index];
    if (connection !== undefined) {
      yield { connection, expected: intake.before, index };
    }
  }
}
