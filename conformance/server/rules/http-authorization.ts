/** HTTP-032 and HTTP-033: who may create a stream may not thereby read another's. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, right, type Sighting, sighting, wrong } from '../../judge/rule.js';
import { carriesPart, describeAnswer } from './http-answers.js';
import { arrivalsOf, idOf } from './http-streams.js';

/** Statuses by which a server asks for credentials, or hides that there is anything to ask for. */
const CLOSED_DOOR = [401, 403, 404];

/** Statuses that tell another principal that the stream exists. */
const TELLING = [403, 409];

/**
 * True where two connections carry the same stream: the trace id of the stream and the data of a common event are the
 * same. A stream of another principal under the same id is another generation with a trace id of its own.
 */
function carriesSameStream(one: ConnectionView, other: ConnectionView): boolean {
  const theirs = arrivalsOf(other);
  const common = [...arrivalsOf(one)].find(([id]) => theirs.has(id));
  if (common !== undefined) {
    return theirs.get(common[0])?.data === common[1].data;
  }
  const traceId = one.header('x-trace-id');
  return traceId !== undefined && traceId === other.header('x-trace-id');
}

/** The stream of the first principal; undefined where the scenario did not take place. */
function ownStream(scenario: ScenarioView | undefined): ConnectionView | undefined {
  const first = scenario?.connection('first');
  return first !== undefined && carriesPart(first) ? first : undefined;
}

/** Whether a creation needs credentials at all; undefined where the kit did not try one without. */
function creationIsOpen(scenario: ScenarioView): boolean | undefined {
  const attempt = scenario.connection('create-without');
  return attempt === undefined || attempt.status === null ? undefined : carriesPart(attempt);
}

function* judgeAuthorization(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('authorization');
  const first = ownStream(scenario);
  if (scenario === undefined || first === undefined) {
    yield* withoutCredentials(evidence, 'The run has no credentials');
    return;
  }
  if (creationIsOpen(scenario) === true) {
    yield notApplicable('The target creates streams without credentials, so that none are needed to read them.');
    return;
  }
  for (const connection of scenario.connections.filter(({ label }) => /^without(-|$)/.test(label))) {
    if (connection.request.method === 'DELETE') {
      yield* judgeCancellation(scenario, first, connection);
    } else if (carriesPart(connection)) {
      // A stream of its own under the same id shows that a creation needs no credentials.
      if (carriesSameStream(first, connection)) {
        const id = connection
          .events()
          .map(idOf)
          .find((value) => value !== undefined);
        yield wrong(
          placeOf(connection),
          'status 401 or 403 for a request without the credentials that created the stream',
          `${describeAnswer(connection)} and events of the stream${id === undefined ? '' : ` from id ${id}`}`,
        );
      }
    } else if (connection.status !== null && CLOSED_DOOR.includes(connection.status)) {
      yield right(placeOf(connection));
    }
  }
}

/** True where a stream was cancelled after a DELETE and before the next one, which would be the cause else. */
function cancelledBy(first: ConnectionView, cancel: ConnectionView, next: ConnectionView | undefined): boolean {
  const { terminal } = first;
  return (
    terminal !== undefined &&
    first.json(terminal)?.reason === 'cancelled' &&
    terminal.atMs >= cancel.sentAtMs &&
    terminal.atMs < (next?.sentAtMs ?? Number.POSITIVE_INFINITY)
  );
}

function* judgeCancellation(scenario: ScenarioView, first: ConnectionView, cancel: ConnectionView): Iterable<Sighting> {
  const { status } = cancel;
  const cancelled = cancelledBy(first, cancel, scenario.connection('other-cancel'));
  if (cancelled || (status !== null && status >= 200 && status <= 299)) {
    const effect = cancelled ? ', and the stream was cancelled' : '';
    yield wrong(
      placeOf(cancel),
      'status 401 or 403 for a DELETE without the credentials that created the stream',
      `${describeAnswer(cancel)}${effect}`,
    );
  } else if (status !== null && CLOSED_DOOR.includes(status)) {
    yield right(placeOf(cancel));
  }
}

function* judgePrincipal(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('authorization');
  const first = ownStream(scenario);
  if (scenario === undefined || first === undefined || scenario.connection('other') === undefined) {
    yield* withoutCredentials(evidence, 'The run has no second principal');
    return;
  }
  for (const connection of scenario.connections.filter(({ label }) => /^other(-resume)?$/.test(label))) {
    yield* judgeReading(scenario, first, connection);
  }
  const cancel = scenario.connection('other-cancel');
  // What a request without credentials has cancelled is HTTP-032's finding.
  const before = scenario.connection('without-cancel');
  if (cancel !== undefined && !(before !== undefined && cancelledBy(first, before, cancel))) {
    yield* judgeOthersCancellation(first, cancel);
  }
}

function* judgeReading(scenario: ScenarioView, first: ConnectionView, other: ConnectionView): Iterable<Sighting> {
  const { status } = other;
  // Where any new id is given a stream, a 404 tells that this one is taken.
  const fresh = scenario.connection('other-fresh');
  const creates = other.label === 'other' && fresh !== undefined && carriesPart(fresh);
  const expected = creates
    ? 'the answer for a stream that does not exist: a stream of its own, as for a new id'
    : 'the answer for a stream that does not exist: 404, or a stream of its own';
  if (carriesPart(other)) {
    yield sighting(
      !carriesSameStream(first, other),
      placeOf(other),
      () => expected,
      () => `${describeAnswer(other)} and the stream of the first principal`,
    );
  } else if (status !== null && (TELLING.includes(status) || (creates && status === 404))) {
    yield wrong(placeOf(other), expected, describeAnswer(other));
  } else if (status === 404 || other.refusal !== undefined) {
    yield right(placeOf(other));
  }
}

function* judgeOthersCancellation(first: ConnectionView, cancel: ConnectionView): Iterable<Sighting> {
  const { status } = cancel;
  const cancelled = cancelledBy(first, cancel, undefined);
  if (cancelled || (status !== null && TELLING.includes(status))) {
    yield wrong(
      placeOf(cancel),
      'the answer to a DELETE of a stream that does not exist, and no effect',
      `${describeAnswer(cancel)}${cancelled ? ', and the stream of the first principal was cancelled' : ''}`,
    );
  } else if (status === 404) {
    yield right(placeOf(cancel));
  }
}

function* withoutCredentials(evidence: Evidence, reason: string): Iterable<Sighting> {
  const scenario = evidence.scenario('authorization');
  const tried = (scenario?.connections.length ?? 0) > 0;
  if (!tried && evidence.connections().some(carriesPart)) {
    yield notApplicable(`${reason}: give the credentials of the target to have this looked at.`);
  }
}

export const authorizationRules = {
  'HTTP-032': {
    from: ['authorization', 'read-through'],
    observes: 'What requests without the credentials that created a stream get: to join, to resume and to cancel it.',
    occasion: 'Give the credentials that the target asks for when a stream is created.',
    mend: 'Check the credentials of every request for a stream, before it is looked up, not only of the creating one.',
    judge: judgeAuthorization,
  },
  'HTTP-033': {
    from: ['authorization', 'read-through'],
    observes:
      'What the credentials of a second principal get for the stream of the first: to read, to resume and to cancel it.',
    occasion: 'Give the credentials of a second principal.',
    mend: 'Keep streams under the principal and the id together, so that each principal has ids of its own.',
    judge: judgePrincipal,
  },
} satisfies RuleBook<'server', 'HTTP'>;
