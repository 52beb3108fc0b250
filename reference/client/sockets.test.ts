/** The client against small servers over real sockets: cuts, silence, refusals, redirects, large events. */
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { connectStream, type StateChange, type StreamEvent, type StreamOptions } from './index.js';
import {
  type Answer,
  chunk,
  complete,
  heartbeat,
  hold,
  ScriptedServer,
  status,
  stream,
  truncate,
} from './testing/scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Run {
  readonly server: ScriptedServer;
  readonly events: readonly StreamEvent[];
  readonly changes: readonly StateChange[];
  readonly states: readonly string[];
  readonly end: StateChange;
}

/** Runs a stream to its final state. Backoff is short, so that nothing waits in vain. */
async function run(answers: readonly Answer[], options: StreamOptions = {}): Promise<Run> {
  server = await ScriptedServer.start(...answers);
  const { url } = server;
  const events: StreamEvent[] = [];
  const changes: StateChange[] = [];
  const end = await new Promise<StateChange>((resolve) => {
    const stream = connectStream(url, {
      backoffBaseMs: 20,
      backoffCapMs: 100,
      onEvent: (event) => events.push(event),
      onState: (change) => {
        changes.push(change);
        if (stream.ended) {
          resolve(change);
        }
      },
      ...options,
    });
  });
  return { server, events, changes, states: changes.map(({ state }) => state), end };
}

const ids = (run: Run) => run.events.flatMap(({ id }) => (id === null ? [] : [id]));
const cursors = (run: Run) => run.server.requests.map(({ headers }) => headers['last-event-id']);

describe('a connection that is lost', () => {
  it.each([
    ['ended', stream],
    ['truncated', truncate],
  ])('because it was %s is resumed from the cursor', async (_how, lose) => {
    const result = await run([lose(heartbeat(), chunk(1), chunk(2)), stream(heartbeat(), chunk(3), complete(4))]);
    expect(ids(result)).toEqual([1, 2, 3, 4]);
    expect(cursors(result)).toEqual([undefined, '2']);
    expect(result.end).toMatchObject({ state: 'completed', reason: 'done', truncated: false });
  });

  it('in the middle of an event is resumed from before it', async () => {
    const result = await run([
      stream(chunk(1), 'id: 2\nevent: content_chunk\ndata: {"con'),
      stream(chunk(2), complete(3)),
    ]);
    expect(cursors(result)).toEqual([undefined, '1']);
    expect(ids(result)).toEqual([1, 2, 3]);
  });

  it('because it fell silent is shown as waiting, closed within a second, and resumed', async () => {
    const result = await run([hold(heartbeat(), chunk(1)), stream(heartbeat(), complete(2))]);
    expect(result.states).toEqual(['connecting', 'open', 'waiting', 'reconnecting', 'connecting', 'open', 'completed']);
    expect(cursors(result)).toEqual([undefined, '1']);
    await closed(result.server, 0);
  });

  it('before any answer is tried again', async () => {
    const result = await run([(request) => void request.socket.destroy(), stream(complete(1))]);
    expect(result.states).toEqual(['connecting', 'reconnecting', 'connecting', 'open', 'completed']);
  });

  it('because no answer came in time is tried again', async () => {
    const result = await run([() => undefined, stream(complete(1))], { connectTimeoutMs: 100 });
    expect(result.changes[1]).toMatchObject({ state: 'reconnecting', message: 'no answer within 0.1 s' });
    expect(result.end.state).toBe('completed');
  });
});

describe('an answer that is no stream', () => {
  it('of 503 is tried again after its Retry-After', async () => {
    const startedAt = performance.now();
    const result = await run([status(503, { 'Retry-After': '1' }), stream(complete(1))]);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    expect(result.end.state).toBe('completed');
  });

  it('of 204 is the end', async () => {
    const result = await run([stream(chunk(1)), status(204)]);
    expect(result.end).toMatchObject({ state: 'completed', reason: null });
    expect(result.server.requests).toHaveLength(2);
  });

  it('of 404 is a failure', async () => {
    expect((await run([status(404)])).end).toMatchObject({ state: 'failed', code: 'http_status' });
  });

  it.each(['text/html', 'text/event-streams', 'application/json'])('of type %s is a failure', async (type) => {
    const result = await run([status(200, { 'Content-Type': type })]);
    expect(result.end).toMatchObject({ state: 'failed', code: 'media_type' });
  });

  it('but a redirect is followed', async () => {
    const result = await run([status(307, { Location: '/elsewhere' }), stream(complete(1))]);
    expect(result.end.state).toBe('completed');
    expect(result.server.requests[1]?.url).toBe('/elsewhere');
  });
});

describe('the size of an event', () => {
  it('may be 1 MiB', async () => {
    const result = await run([stream(chunk(1, 'x'.repeat(1_048_000)), complete(2))]);
    expect(result.end.state).toBe('completed');
  });

  it('is bounded, and said to be', async () => {
    const result = await run([stream(chunk(1, 'x'.repeat(2_000_000)), complete(2))], { maxEventBytes: 1_048_576 });
    expect(result.end).toMatchObject({
      state: 'failed',
      code: 'too_large',
      message: 'an event is larger than 1048576 bytes',
    });
  });
});

describe('line ends', () => {
  it('of CR alone do not hold back the last event', async () => {
    const result = await run([hold(`${heartbeat()}${chunk(1)}${complete(2)}`.replaceAll('\n', '\r'))]);
    expect(result.states).toEqual(['connecting', 'open', 'completed']);
  });
});

describe('a slow reader', () => {
  it('holds the network back, and loses nothing', async () => {
    const count = 20_000;
    const blocks = Array.from({ length: count }, (_, index) => chunk(index + 1));
    server = await ScriptedServer.start(stream(...blocks, complete(count + 1)));
    const reading = connectStream(server.url);
    let seen = 0;
    for await (const event of reading) {
      seen += 1;
      expect(event.id).toBe(seen);
      if (seen % 2000 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(seen).toBe(count + 1);
  });
});

describe('after close()', () => {
  it.each([
    ['connecting', () => undefined],
    ['open', hold(heartbeat())],
  ] as const)('in the state %s the socket is closed, and nothing is heard', async (state, answer) => {
    server = await ScriptedServer.start(answer);
    const heard: string[] = [];
    const open = connectStream(server.url, { onState: (change) => heard.push(change.state) });
    while (open.state !== state || server.requests.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    open.close();
    await closed(server, 0);
    expect(heard.at(-1)).toBe('closed');
    expect(server.requests).toHaveLength(1);
  });
});

/** Waits until the connection of a request is gone. */
async function closed(on: ScriptedServer, request: number): Promise<void> {
  const socket = on.requests[request]?.socket;
  if (socket?.destroyed === false) {
    await once(socket, 'close');
  }
}
