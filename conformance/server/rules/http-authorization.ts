/** HTTP-032 and HTTP-033: who may create a stream may not thereby read another's. */
import type { ConnectionView, Evidence, ScenarioView } from '../../evidence/types.js';
import { notApplicable, placeOf, type RuleBook, right, type Sighting, wrong } from '../../judge/rule.js';
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
      yield* judgeCancellation(first, connection);
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

function* judgeCancellation(first: ConnectionView, cancel: ConnectionView): Iterable<Sighting> {
  const { status } = cancel;
  const { terminal } = first;
  const cancelled =
    terminal !== undefined && terminal.atMs >= cancel.sentAtMs && first.json(terminal)?.reason === 'cancelled';
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
  const other = scenario?.connection('other');
  if (first === undefined || other === undefined) {
    yield* withoutCredentials(evidence, 'The run has no second principal');
    return;
  }
  const expected = 'the answer for a stream that does not exist: 404, or a stream of its own';
  const { status } = other;
  if (carriesPart(other)) {
    if (carriesSameStream(first, other)) {
      yield wrong(placeOf(other), expected, `${describeAnswer(other)} and the stream of the first principal`);
    } else {
      yield right(placeOf(other));
    }
  } else if (status !== null && TELLING.includes(status)) {
    yield wrong(placeOf(other), expected, describeAnswer(other));
  } else if (status === 404 || other.refusal !== undefined) {
    yield right(placeOf(other));
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
    observes: 'What the credentials of a second principal get for the stream of the first.',
    occasion: 'Give the credentials of a second principal.',
    mend: 'Keep streams under the principal and the id together, so that each principal has ids of its own.',
    judge: judgePrincipal,
  },
} satisfies RuleBook<'server', 'HTTP'>;
