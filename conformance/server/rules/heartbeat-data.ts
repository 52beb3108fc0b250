/** HEARTBEAT-005 to HEARTBEAT-009 and HEARTBEAT-016: what heartbeats and headers declare, and who they say they are. */
import { secondsOfHeader } from '../../evidence/declared.js';
import type { ConnectionView } from '../../evidence/types.js';
import { placeOf, type RuleBook, type Sighting, sighting } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { overPayloads } from './event-data.js';
import { ANY_STREAM, EVERY_STREAM, type Finding, judgeAll, judgeEach, overParts } from './rule-shapes.js';

const LONGEST_INTERVAL_SECONDS = 15;

/** Headers have at most three decimals: a heartbeat that has more rounds to the same value. Seconds. */
const ROUNDING_SECONDS = 0.0005;

/** Products of decimals are not exact: 3 × 0.2 > 0.6. */
const FLOAT_ERROR = 1e-9;

interface Declaration {
  readonly intervalSeconds: number | undefined;
  readonly thresholdSeconds: number | undefined;
  readonly by: 'the header' | 'the first heartbeat';
}

/** A declaration is the header's; the heartbeat's copy (HEARTBEAT-008) stands in where there is none that can be read. */
function declarationOf(connection: ConnectionView): Declaration {
  const inHeader = readNumber(connection.header('x-heartbeat-interval'));
  if (inHeader !== undefined) {
    const thresholdSeconds = readNumber(connection.header('x-silence-threshold'));
    return { intervalSeconds: inHeader, thresholdSeconds, by: 'the header' };
  }
  const [first] = connection.events('heartbeat');
  const data = first === undefined ? undefined : connection.json(first);
  return {
    intervalSeconds: numberOf(data?.heartbeat_interval),
    thresholdSeconds: numberOf(data?.silence_threshold),
    by: 'the first heartbeat',
  };
}

/** A number in a header, also one that HTTP-012 forbids: 20 s is too long however it is written. */
function readNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function* judgeInterval(connection: ConnectionView): Iterable<Sighting> {
  const { intervalSeconds, by } = declarationOf(connection);
  if (intervalSeconds !== undefined) {
    yield sighting(
      intervalSeconds <= LONGEST_INTERVAL_SECONDS,
      placeOf(connection),
      () => `a heartbeat interval of at most ${LONGEST_INTERVAL_SECONDS} s`,
      () => `${intervalSeconds} s in ${by}`,
    );
  }
}

function* judgeRatio(connection: ConnectionView): Iterable<Sighting> {
  const { intervalSeconds, thresholdSeconds, by } = declarationOf(connection);
  if (intervalSeconds !== undefined && thresholdSeconds !== undefined) {
    yield sighting(
      thresholdSeconds >= 3 * intervalSeconds - FLOAT_ERROR,
      placeOf(connection),
      () => `a silence threshold of at least 3 × ${intervalSeconds} s`,
      () => `${thresholdSeconds} s in ${by}`,
    );
  }
}

const NUMBERS = {
  'x-heartbeat-interval': 'heartbeat_interval',
  'x-silence-threshold': 'silence_threshold',
  'x-stream-max-seconds': 'max_duration',
} as const;

function* judgeRepetition(connection: ConnectionView): Iterable<Sighting> {
  const [first] = connection.events('heartbeat');
  const data = first === undefined ? undefined : connection.json(first);
  if (first === undefined || data === undefined) {
    return;
  }
  const findings: (Finding & { readonly event: WireEvent })[] = [];
  let compared = 0;
  const compare = (header: string, member: string, same: (declared: string, repeated: unknown) => boolean): void => {
    const declared = connection.header(header);
    const repeated = data[member];
    compared += 1;
    if (declared !== undefined && !same(declared, repeated)) {
      findings.push({
        expected: `${member} ${declared}, as in the header ${header}`,
        actual: `${member} ${JSON.stringify(repeated)?.slice(0, 100)}`,
        event: first,
      });
    }
  };
  // A member that is absent or of another type belongs to HEARTBEAT-007, a header that is no number to HTTP-012.
  for (const [header, member] of Object.entries(NUMBERS)) {
    const seconds = secondsOfHeader(connection.header(header));
    if (seconds !== undefined && typeof data[member] === 'number') {
      compare(
        header,
        member,
        (_declared, repeated) => Math.abs(Number(repeated) - seconds) <= ROUNDING_SECONDS + FLOAT_ERROR,
      );
    }
  }
  // A version that is written in another way belongs to HTTP-010.
  if (Number.isFinite(Number(connection.header('x-stream-protocol'))) && typeof data.protocol === 'string') {
    compare('x-stream-protocol', 'protocol', (declared, repeated) => Number(declared) === Number(repeated));
  }
  yield* judgeAll(connection, findings, compared > 0);
}

function* jumpsOfCounter(connection: ConnectionView): Iterable<Finding & { readonly event: WireEvent }> {
  for (const { previous, count, event } of countedPairs(connection)) {
    if (count !== previous + 1) {
      yield {
        expected: `heartbeat_count ${previous + 1} after ${previous}`,
        actual: `heartbeat_count ${count}`,
        event,
      };
    }
  }
}

function countedPairs(
  connection: ConnectionView,
): readonly { readonly previous: number; readonly count: number; readonly event: WireEvent }[] {
  const heartbeats = connection.events('heartbeat');
  return heartbeats.flatMap((event, index) => {
    const earlier = heartbeats[index - 1];
    const previous = earlier === undefined ? undefined : numberOf(connection.json(earlier)?.heartbeat_count);
    const count = numberOf(connection.json(event)?.heartbeat_count);
    return previous === undefined || count === undefined ? [] : [{ previous, count, event }];
  });
}

function* judgeIdentity(connection: ConnectionView): Iterable<Sighting> {
  const name = connection.header('x-stream-id');
  if (name === undefined || name === '') {
    return;
  }
  yield* judgeEach(
    connection,
    connection.events('heartbeat').filter((event) => typeof connection.json(event)?.stream_id === 'string'),
    (event) => {
      const stated = connection.json(event)?.stream_id;
      return stated === name
        ? undefined
        : {
            expected: `stream_id ${JSON.stringify(name.slice(0, 128))}, as in X-Stream-ID`,
            actual: `stream_id ${JSON.stringify(stated)?.slice(0, 128)}`,
          };
    },
  );
}

const DECLARES = 'Declare the heartbeat interval and the silence threshold in headers or in the first heartbeat.';

export const heartbeatData = {
  'HEARTBEAT-005': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The heartbeat interval that headers, or else first heartbeats, declare.',
      occasion: DECLARES,
      mend: 'Declare and keep an interval of 15 s or less; 5 s is the default.',
    },
    judgeInterval,
  ),
  'HEARTBEAT-006': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The silence threshold and the heartbeat interval that are declared together.',
      occasion: DECLARES,
      mend: 'Compute the threshold from the interval: three times as long, or longer.',
    },
    judgeRatio,
  ),
  'HEARTBEAT-007': overPayloads('HEARTBEAT-007', 'heartbeat', {
    from: EVERY_STREAM,
    observes: 'The data of every heartbeat, validated with its schema.',
    occasion: 'Give the URL of an endpoint whose stream has heartbeats.',
    mend: 'Send all members of the table of the chapter, numbers as numbers, the timestamp as RFC 3339.',
  }),
  'HEARTBEAT-008': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The parameters in the first heartbeat of every connection, beside its headers.',
      occasion: 'Give the URL of an endpoint that declares its parameters in headers and sends heartbeats.',
      mend: 'Write headers and heartbeat from the same settings object.',
    },
    judgeRepetition,
  ),
  'HEARTBEAT-009': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The `heartbeat_count` of neighbouring heartbeats of a connection.',
      occasion: 'Give the URL of an endpoint whose stream lasts longer than two heartbeat intervals.',
      mend: 'Keep the counter with the connection and add one for each heartbeat that is written to it.',
    },
    (connection) => judgeAll(connection, jumpsOfCounter(connection), countedPairs(connection).length > 0),
  ),
  'HEARTBEAT-016': overParts(
    {
      from: EVERY_STREAM,
      observes: 'The `stream_id` of every heartbeat, beside the header of its connection.',
      occasion: `${ANY_STREAM} It names the stream in X-Stream-ID and sends heartbeats.`,
      mend: 'Take header and member from the same record of the stream.',
    },
    judgeIdentity,
  ),
} satisfies RuleBook<'server', 'HEARTBEAT'>;
