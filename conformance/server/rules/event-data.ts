/** EVENT-008 to EVENT-012: the data of the events, as their schemas have it. */
import { validatePayload } from '../../../schemas/1.0/index.js';
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { type IdOf, notApplicable, type Rule, type RuleBook, type Sighting } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { ANY_STREAM, EVERY_STREAM, type Finding, judgeEach, overEventStreams } from './rule-shapes.js';
import { idOf } from './streams.js';

/** What the schema of the event's type charges to this requirement; data that is no object belongs to EVENT-006. */
export function checkPayload(connection: ConnectionView, event: WireEvent, id: string): Finding | undefined {
  const data = connection.json(event);
  const broken =
    data === undefined
      ? undefined
      : validatePayload(event.type, data).find(({ requirements }) => requirements.includes(id));
  return broken === undefined
    ? undefined
    : { expected: `${broken.path} ${broken.expected}`, actual: `${broken.path} ${broken.actual}` };
}

/** Over every event of one type that holds an object. */
export function overPayloads(
  id: IdOf<'server', 'EVENT' | 'HEARTBEAT'>,
  type: string,
  about: Omit<Rule, 'judge'>,
): Rule {
  return overEventStreams(about, (connection) =>
    judgeEach(
      connection,
      connection.events(type).filter((event) => connection.json(event) !== undefined),
      (event) => checkPayload(connection, event, id),
    ),
  );
}

/** Events with an id that can be compared and the optional member `seq`. */
function sequenced(connection: ConnectionView): readonly WireEvent[] {
  return connection.events().filter((event) => idOf(event) !== undefined && connection.json(event)?.seq !== undefined);
}

function checkSequence(connection: ConnectionView, event: WireEvent): Finding | undefined {
  const seq = connection.json(event)?.seq;
  return seq === idOf(event)
    ? undefined
    : { expected: `seq ${event.id}, the id`, actual: `seq ${JSON.stringify(seq)}` };
}

function* judgeSequences(evidence: Evidence): Iterable<Sighting> {
  const numbered = evidence
    .connections()
    .filter((connection) => connection.isEventStream && connection.events().some((event) => idOf(event) !== undefined));
  let seen = false;
  for (const connection of numbered) {
    const events = sequenced(connection);
    seen ||= events.length > 0;
    yield* judgeEach(connection, events, (event) => checkSequence(connection, event));
  }
  if (numbered.length > 0 && !seen) {
    yield notApplicable('No event with an id has the optional member `seq`.');
  }
}

function checkReason(connection: ConnectionView, event: WireEvent): Finding | undefined {
  return checkPayload(connection, event, 'EVENT-011');
}

export const eventData = {
  'EVENT-008': overPayloads('EVENT-008', 'content_chunk', {
    from: EVERY_STREAM,
    observes: 'The data of every `content_chunk`, validated with its schema.',
    occasion: 'Give the URL of an endpoint whose stream has `content_chunk` events.',
    mend: 'Send `content` and `trace_id` as strings in every `content_chunk`.',
  }),
  'EVENT-009': {
    from: EVERY_STREAM,
    observes: 'The member `seq` of every event that has it and an id.',
    occasion: ANY_STREAM,
    mend: 'Take `seq` from where the id is taken from, in the same step, or leave it out.',
    judge: judgeSequences,
  },
  'EVENT-010': overPayloads('EVENT-010', 'complete', {
    from: EVERY_STREAM,
    observes: 'The data of every `complete`, validated with its schema.',
    occasion: 'Give the URL of an endpoint whose stream ends with `complete`.',
    mend: 'Send `reason`, `duration` in seconds, `total_chunks` and `trace_id` in every `complete`.',
  }),
  'EVENT-011': overEventStreams(
    {
      from: [...EVERY_STREAM, 'cancel'],
      observes: 'The `reason` of every `complete`.',
      occasion: 'Give the URL of an endpoint whose stream ends with `complete`.',
      mend: 'Name the reason `done`, `duration_cap`, `length`, `cancelled`, or one of your own that begins with `x-`.',
    },
    (connection) =>
      judgeEach(
        connection,
        connection.events('complete').filter((event) => typeof connection.json(event)?.reason === 'string'),
        (event) => checkReason(connection, event),
      ),
  ),
  'EVENT-012': overPayloads('EVENT-012', 'error', {
    from: ['error', 'unknown-cursor', 'evicted', 'after-the-end'],
    observes: 'The data of every `error`, that of refused cursors included, validated with its schema.',
    occasion: 'Give a URL whose generation fails: `--occasion error=URL`.',
    mend: 'Send `code`, `message`, `retryable` and `trace_id` in every `error`.',
  }),
} satisfies RuleBook<'server', 'EVENT'>;
