/** EVENT-024 and EVENT-025: large events. */
import type { Evidence } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { cursorAt, failuresOf, reportedIds, reportsAtAll, reportsIds, retriesAtAll, type Session } from './session.js';
import { ANY_CLIENT, overSessions, REPORT } from './shapes.js';

/** Id of the large event in both scenarios. */
const LARGE_ID = 2;

/** Words by which an error says that something was too large. */
const SAYS_SO = /large|big|size|limit|exceed|long|memory|buffer/i;

/** Whether the client took the large event in; undefined where nothing shows it. */
function tookLarge(session: Session, evidence: Evidence): boolean | undefined {
  const [first, second] = session.connections;
  if (reportsIds(evidence)) {
    return reportedIds(session).includes(LARGE_ID);
  }
  if (second !== undefined) {
    const cursor = cursorAt(second, evidence);
    return cursor === undefined ? undefined : cursor >= LARGE_ID;
  }
  return first?.terminal !== undefined && first.end.by === 'target' && retriesAtAll(evidence) ? true : undefined;
}

function* judgeAccepted(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  const took = tookLarge(session, evidence);
  if (first !== undefined && took !== undefined) {
    yield took ? right(placeOf(first)) : wrong(placeOf(first), 'an event of 1048576 bytes taken in', 'it was not');
  }
}

function* judgeRefused(session: Session, evidence: Evidence): Iterable<Sighting> {
  const [first] = session.connections;
  if (first === undefined) {
    return;
  }
  const took = tookLarge(session, evidence);
  if (took === true) {
    yield notApplicable('The client takes events of 4 MiB: its limit lies above what the kit sends.');
    return;
  }
  if (!reportsAtAll(evidence, 'error', 'state')) {
    return;
  }
  const failures = failuresOf(session);
  const says = failures.some(({ report }) => SAYS_SO.test(JSON.stringify(report)));
  if (took === undefined && !says) {
    return;
  }
  yield says
    ? right(placeOf(first))
    : wrong(
        placeOf(first),
        'an error that says that the event is too large',
        failures.length === 0 ? 'no error' : JSON.stringify(failures[0]?.report).slice(0, 200),
      );
}

export const size = {
  'EVENT-024': overSessions(
    {
      from: ['big-1mib', 'whole'],
      observes: 'Whether an event of 1 MiB is taken in.',
      occasion: ANY_CLIENT,
      mend: 'Raise the limit of the parser to at least 1 MiB for one event.',
    },
    (session, evidence) => (session.scenario.scenario === 'big-1mib' ? judgeAccepted(session, evidence) : []),
  ),
  'EVENT-025': overSessions(
    {
      from: ['big-4mib', 'whole'],
      observes: 'What the client says about an event of 4 MiB that it does not take in.',
      occasion: REPORT,
      mend: 'Fail with the code too_large, and say the limit.',
    },
    (session, evidence) => (session.scenario.scenario === 'big-4mib' ? judgeRefused(session, evidence) : []),
  ),
} satisfies RuleBook<'client', 'EVENT'>;
