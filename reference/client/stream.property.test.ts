import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isFinal, transitions } from './states.js';
import { settle } from './testing/fake-clock.js';
import { type Started, startStream } from './testing/start.js';

/** What can befall a stream of ten events at any moment. */
type Mishap =
  | { readonly do: 'serve'; readonly count: number }
  | { readonly do: 'replay' | 'skip' | 'cut' | 'stall' | 'status' | 'malformed' | 'unknown' | 'heartbeat' | 'late' };

const LAST = 10;
const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('serve' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('replay', 'skip', 'cut', 'stall', 'status', 'malformed', 'unknown', 'heartbeat', 'late'),
    }),
  },
);

function send(started: Started, id: number): void {
  if (id === LAST) {
    started.server.last.complete(id);
  } else {
    started.server.last.chunk(id);
  }
}

async function befall(started: Started, what: Mishap, accepted: Set<unknown>): Promise<void> {
  const { server, clock, stream } = started;
  await clock.advance(stream.state === 'reconnecting' ? 6000 : 1);
  const connection = server.last;
  if (!accepted.has(connection)) {
    accepted.add(connection);
    if (what.do === 'status') {
      connection.end({ kind: 'status', status: 503, retryAfter: null });
      return;
    }
    connection.accept().heartbeat();
  }
  const next = stream.cursor + 1;
  switch (what.do) {
    case 'serve':
      for (let id = next; id < Math.min(next + what.count, LAST + 1); id += 1) {
        send(started, id);
      }
      break;
    case 'replay':
      for (let id = 1; id < Math.min(next + 1, LAST + 1); id += 1) {
        send(started, id);
      }
      break;
    case 'skip':
      send(started, Math.min(next + 1, LAST));
      break;
    case 'malformed':
      connection.sink.message('content_chunk', '{"content":', String(next));
      break;
    case 'unknown':
      connection.sink.message('x-note', '{}', undefined);
      break;
    case 'heartbeat':
      connection.heartbeat();
      break;
    case 'late':
      // From a connection that was lost already.
      server.connections.at(-2)?.chunk(next);
      break;
    case 'stall':
      await clock.advance(700);
      break;
    default:
      connection.end();
  }
}

it('delivers each event at most once, in order, and ends in one final state, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mishap, { maxLength: 30 }), async (mishaps) => {
      const started = await startStream();
      const accepted = new Set<unknown>();
      for (const what of mishaps) {
        await befall(started, what, accepted);
      }
      // Then everything goes well, or the client gives up.
      for (let round = 0; round < 4 && !started.stream.ended; round += 1) {
        await befall(started, { do: 'serve', count: LAST }, accepted);
      }
      await settle();

      const ids = started.events.flatMap((event) => (event.id === null ? [] : [event.id]));
      expect(ids).toEqual(ids.map((_, index) => index + 1));
      expect(isFinal(started.stream.state)).toBe(true);
      expect(started.changes.filter(({ state }) => isFinal(state))).toHaveLength(1);
      for (const { previous, state } of started.changes) {
        expect(transitions[previous]).toContain(state);
      }
      if (started.stream.state === 'completed') {
        expect(ids).toHaveLength(LAST);
      }
      expect(started.clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});
