/** STATE-001 to STATE-003, STATE-007 and STATE-009: the row of announced states. */
import type { RecordedReport } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
import { EARLY_MS } from '../../judge/tolerances.js';
import { placeOfReport, reportsOf, type Session, textOf } from './session.js';
import { overSessions, PLAIN_CUTS, REPORT } from './shapes.js';
import { isFinal, isState, TRANSITIONS } from './transitions.js';

const FROM = [
  'whole',
  ...PLAIN_CUTS,
  'stall',
  'waiting',
  'gap-always',
  'drop-always',
  'error-in-band',
  'cap-reached',
  'status-404',
  'complete-open',
  'finished-204',
];

const STATES = `${REPORT} A state is \`{"type":"state","state":"open"}\`.`;

const nameOf = (report: RecordedReport): string => textOf(report, 'state');

/** Over sessions with at least one announced state. */
function overStates(
  about: { readonly observes: string; readonly mend: string },
  look: (session: Session, states: readonly RecordedReport[]) => Iterable<Sighting>,
) {
  return overSessions({ from: FROM, occasion: STATES, ...about }, (session) => {
    const states = reportsOf(session, 'state');
    return states.length === 0 ? [] : look(session, states);
  });
}

function* judgeNames(session: Session, states: readonly RecordedReport[]): Iterable<Sighting> {
  const odd = states.find((report) => !isState(nameOf(report)));
  const [first] = states;
  if (odd !== undefined) {
    yield wrong(
      placeOfReport(session, odd),
      `one of ${[...TRANSITIONS.keys()].join(', ')}`,
      `"${nameOf(odd).slice(0, 60)}"`,
    );
  } else if (first !== undefined) {
    yield right(placeOfReport(session, first));
  }
}

/** A change between two states of the spec; odd names and repetitions have rules of their own. */
function* judgeTransitions(session: Session, states: readonly RecordedReport[]): Iterable<Sighting> {
  let previous: string | undefined = 'idle';
  let seen = 0;
  for (const report of states) {
    const state = nameOf(report);
    // After an odd name nobody knows where the client is.
    if (previous === undefined || !isState(state) || state === previous || isFinal(previous)) {
      previous = isState(state) ? state : undefined;
      continue;
    }
    seen += 1;
    if (!TRANSITIONS.get(previous)?.includes(state)) {
      const allowed = TRANSITIONS.get(previous)?.join(', ');
      yield wrong(placeOfReport(session, report), `after ${previous}: ${allowed}`, state);
      return;
    }
    previous = state;
  }
  const [first] = states;
  // One that asked again (RETRY-003) fails of something else in the end.
  const ends = session.connections.filter(({ status }) => status === 204);
  const finished = session.scenario.scenario === 'finished-204' && ends.length === 1;
  const failed = states.find((report) => nameOf(report) === 'failed');
  if (finished && failed !== undefined) {
    yield wrong(placeOfReport(session, failed), 'completed after status 204: nothing was left', 'failed');
  } else if (seen > 0 && first !== undefined) {
    yield right(placeOfReport(session, first));
  }
}

function* judgeOnce(session: Session, states: readonly RecordedReport[]): Iterable<Sighting> {
  const twice = states.find((report, index) => index > 0 && nameOf(report) === nameOf(states[index - 1] ?? report));
  const [first] = states;
  if (twice !== undefined) {
    yield wrong(placeOfReport(session, twice), 'each change announced once', `${nameOf(twice)} twice in a row`);
  } else if (first !== undefined && states.length > 1) {
    yield right(placeOfReport(session, first));
  }
}

function* judgeFinal(session: Session, states: readonly RecordedReport[]): Iterable<Sighting> {
  const finals = states.filter((report) => isFinal(nameOf(report)));
  const [first, second] = finals;
  const last = states.at(-1);
  if (last === undefined || session.scenario.outcome !== 'done') {
    return;
  }
  if (first === undefined) {
    // A client that the kit had to stop was still at work, rightly or not; what it failed to do has its own rule.
    // So was one that takes an error event for a cut (END-012); past a gap nobody reaches the end.
    const isReachable = session.scenario.scenario !== 'gap-always';
    const hasEnded = session.connections.some(
      ({ terminal, status }) => terminal?.type === 'complete' || status === 204,
    );
    if (isReachable && hasEnded) {
      yield wrong(placeOfReport(session, last), 'completed, failed or closed in the end', nameOf(last));
    }
  } else if (second !== undefined && nameOf(second) !== nameOf(first)) {
    yield wrong(placeOfReport(session, second), `${nameOf(first)} to the end`, nameOf(second));
  } else {
    yield right(placeOfReport(session, first));
  }
}

function isTerminal({ report }: RecordedReport): boolean {
  return report.type === 'event' && (report.event === 'complete' || report.event === 'error');
}

function* judgeNothingAfter(session: Session, states: readonly RecordedReport[]): Iterable<Sighting> {
  const final = states.find((report) => isFinal(nameOf(report)));
  if (final === undefined) {
    return;
  }
  const index = session.reports.indexOf(final);
  const [, ...after] = session.reports.slice(index);
  // The terminal event itself may be handed over after the state that it leads to, once.
  const handed = session.reports.slice(0, index).some(isTerminal) ? undefined : after.find(isTerminal);
  const late = after.find(
    (line) =>
      line !== handed &&
      (line.report.type === 'event' ||
        // Which of an error and the failure that it leads to is told first is free.
        (line.report.type === 'error' && nameOf(final) !== 'failed') ||
        (line.report.type === 'state' && !isFinal(String(line.report.state)))),
  );
  const request = session.connections.find(({ sentAtMs }) => sentAtMs > final.atMs + EARLY_MS);
  if (late !== undefined) {
    yield wrong(
      placeOfReport(session, late),
      `nothing after ${nameOf(final)}`,
      JSON.stringify(late.report).slice(0, 200),
    );
  } else if (request !== undefined) {
    yield wrong(placeOf(request), `no request after ${nameOf(final)}`, 'a request');
  } else {
    yield right(placeOfReport(session, final));
  }
}

export const sequence = {
  'STATE-001': overStates(
    { observes: 'The names of the states that the client announces.', mend: 'Use the eight names of the spec.' },
    judgeNames,
  ),
  'STATE-002': overStates(
    {
      observes: 'Each announced change of state, beside the table of transitions.',
      mend: 'Keep one table of transitions and go through it for every change.',
    },
    judgeTransitions,
  ),
  'STATE-003': overStates(
    {
      observes: 'Whether the same state is announced twice in a row.',
      mend: 'Announce a state only where it differs from the one before.',
    },
    judgeOnce,
  ),
  'STATE-007': overStates(
    {
      observes: 'Whether exactly one final state is reached, and kept.',
      mend: 'Make the final states dead ends of the table.',
    },
    judgeFinal,
  ),
  'STATE-009': overStates(
    {
      observes: 'Events, states and requests after a final state was announced.',
      mend: 'On the end clear every timer, close the connection, and drop what still comes.',
    },
    judgeNothingAfter,
  ),
} satisfies RuleBook<'client', 'STATE'>;
