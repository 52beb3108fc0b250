/** The rules on servers of the chapter on operations: slow readers, shutdown, rate limits. */
import type { ConnectionView, Evidence } from '../../evidence/types.js';
import { placeOf, type RuleBook, right, type Sighting, serverRules, sighting, wrong } from '../../judge/rule.js';
import type { WireEvent } from '../../wire/types.js';
import { carriesEvents, carriesPart, describeAnswer, quote } from './http-answers.js';
import { cursorOf, idOf } from './http-streams.js';
import { scoped } from './rule-scope.js';

/** Ends of a stream that have nothing to do with its reader. */
const OWN_ENDS: readonly unknown[] = ['done', 'length', 'duration_cap'];

/** Fewer connections could draw the same time by chance. */
const DRAWS = 3;

function idsOf(connection: ConnectionView): readonly { event: WireEvent; id: number }[] {
  return connection.events().flatMap((event) => {
    const id = idOf(event);
    return id === undefined ? [] : [{ event, id }];
  });
}

/** The first event whose id is not the next one. */
function firstJump(connection: ConnectionView): { event: WireEvent; id: number; after: number } | undefined {
  let before: number | undefined;
  for (const { event, id } of idsOf(connection)) {
    if (before !== undefined && id > before + 1) {
      return { event, id, after: before };
    }
    before = id;
  }
  return undefined;
}

/** A server that never counts without jumps has another fault (ID-003). */
function countsWithoutJumps(evidence: Evidence): boolean {
  const first = evidence.scenario('read-through')?.connection('first');
  return first !== undefined && idsOf(first).length > 1 && firstJump(first) === undefined;
}

function* judgeSlowReader(evidence: Evidence): Iterable<Sighting> {
  const scenario = evidence.scenario('slow-reader');
  const slow = scenario?.connection('slow');
  if (slow === undefined || !carriesPart(slow)) {
    return;
  }
  const expected = 'a connection that is closed without a terminal event when its reader falls behind';
  const { terminal } = slow;
  const jump = firstJump(slow);
  if (jump !== undefined && countsWithoutJumps(evidence)) {
    yield wrong(placeOf(slow, jump.event), expected, `events left out: id ${jump.id} follows ${jump.after}`);
  } else if (terminal !== undefined && !OWN_ENDS.includes(slow.json(terminal)?.reason)) {
    const again = scenario?.connection('resume');
    // What others are told too is how the stream ended by itself.
    if (again !== undefined && again.status !== null && again.terminal?.data !== terminal.data) {
      yield wrong(placeOf(slow, terminal), expected, `the terminal event ${terminal.type} for a slow reader`);
    }
  } else if (terminal === undefined && slow.end.by === 'target') {
    const resume = scenario?.connection('resume');
    const [next] = resume === undefined ? [] : idsOf(resume);
    // What was evicted meanwhile is a gap that REPLAY-012 allows for.
    if (resume !== undefined && carriesPart(resume) && next?.id === cursorOf(resume) + 1) {
      yield right(placeOf(slow));
    }
  }
}

/** The last `retry` after which no event of the stream came: the farewell, not a habit of the beginning. */
function farewellOf(connection: ConnectionView): WireEvent | undefined {
  const { events } = connection.reading;
  const last = events.findLastIndex((event) => event.id !== null);
  return events.slice(last + 1).findLast((event) => event.retry !== null && /^[0-9]+$/.test(event.retry));
}

/** Connections that were open when the target went down. One that came to the end of its stream was not. */
function shutDown(evidence: Evidence): readonly ConnectionView[] {
  const { shutdownAtMs } = evidence.scenario('shutdown')?.notes ?? {};
  if (typeof shutdownAtMs !== 'number') {
    return [];
  }
  return evidence
    .connections(['shutdown'])
    .filter(
      (connection) => carriesPart(connection) && connection.end.by === 'target' && connection.end.atMs >= shutdownAtMs,
    )
    .filter((connection) => {
      const { terminal } = connection;
      const own = terminal !== undefined && OWN_ENDS.includes(connection.json(terminal)?.reason);
      return terminal === undefined || (!own && terminal.atMs >= shutdownAtMs);
    });
}

function* judgeShutdown(evidence: Evidence): Iterable<Sighting> {
  for (const connection of shutDown(evidence)) {
    const { terminal } = connection;
    const farewell = farewellOf(connection);
    yield sighting(
      terminal === undefined && farewell !== undefined,
      placeOf(connection, terminal ?? farewell),
      () => 'a retry field at shutdown, and the end of the connection without a terminal event',
      () => (terminal === undefined ? 'the end of the connection without a retry field' : `the event ${terminal.type}`),
    );
  }
}

function* judgeJitter(evidence: Evidence): Iterable<Sighting> {
  const draws = shutDown(evidence).flatMap((connection) => {
    const farewell = farewellOf(connection);
    return farewell === undefined ? [] : [{ connection, farewell }];
  });
  const times = draws.map(({ farewell }) => farewell.retry ?? '');
  const [first] = draws;
  if (first !== undefined && draws.length >= DRAWS) {
    yield sighting(
      new Set(times).size > 1,
      placeOf(first.connection, first.farewell),
      () => 'another reconnection time for each connection',
      () => `retry ${times.join(', ')}`,
    );
  }
}

function* judgeRate(evidence: Evidence): Iterable<Sighting> {
  const answers = evidence.connections(['limit']).filter((connection) => connection.status !== null);
  const served = answers.filter((connection) => connection.isEventStream || carriesEvents(connection));
  const refused = answers.find((connection) => connection.status === 429);
  const last = answers.at(-1);
  if (refused !== undefined && served.length > 0) {
    yield sighting(
      !carriesEvents(refused),
      placeOf(refused),
      () => 'status 429 before a stream starts',
      () => `${describeAnswer(refused)} and events`,
    );
  } else if (last !== undefined && served.length > 0) {
    yield wrong(
      placeOf(last),
      'status 429 for a client that exceeds its rate',
      `${answers.length} streams in quick succession, the last with ${quote(describeAnswer(last))}`,
    );
  }
}

const book = {
  'OPS-002': {
    from: ['slow-reader', 'read-through'],
    observes: 'How a connection ends whose reader stops reading while a flood is sent, and whether it can be resumed.',
    occasion:
      'Give the occasion `flood`: a stream that sends more in 2.5 s than the server buffers for one connection and the network takes.',
    mend: 'When the buffer of a connection is full, close it without a terminal event and leave the rest to its resumption.',
    judge: judgeSlowReader,
  },
  'OPS-003': {
    from: ['shutdown'],
    observes: 'The last bytes of every open connection when the target is told to shut down.',
    occasion: 'Give a command that shuts the target down (`--on-demand shutdown=COMMAND`).',
    mend: 'At shutdown write `retry: <milliseconds>` and a blank line on every connection and close it; end no stream.',
    judge: judgeShutdown,
  },
  'OPS-004': {
    from: ['shutdown'],
    observes: 'Whether the reconnection times sent to three connections at shutdown differ.',
    occasion: 'Give a command that shuts the target down (`--on-demand shutdown=COMMAND`).',
    mend: 'Draw the reconnection time for each connection from a range of some seconds.',
    judge: judgeJitter,
  },
  'OPS-005': {
    from: ['limit'],
    observes: 'Whether one of ten creations in quick succession is refused with 429.',
    occasion: 'Give the occasion `limit`: a URL whose rate ten quick creations exceed.',
    mend: 'Count creations per client and answer 429 with Retry-After before a stream starts.',
    judge: judgeRate,
  },
} satisfies RuleBook<'server', 'OPS'>;

export const ops = serverRules('OPS', scoped(book));
