import { describe, expect, it } from 'vitest';
import { settle } from './testing/fake-clock.js';
import { startStream } from './testing/start.js';

const ids = (events: readonly { id: number | null }[]) => events.map((event) => event.id).filter((id) => id !== null);

describe('a stream that goes well', () => {
  it('delivers, completes, closes first and leaves nothing behind', async () => {
    const { server, states, events, clock } = await startStream();
    server.last.accept().heartbeat().chunk(1).chunk(2).complete(3);
    expect(ids(events)).toEqual([1, 2, 3]);
    expect(states()).toEqual(['connecting', 'open', 'completed']);
    expect(server.last.closed).toBe(true);
    expect(clock.pending).toBe(0);
    await clock.advance(120_000);
    expect(server.connections).toHaveLength(1);
  });

  it('ignores what follows the terminal event', async () => {
    const { server, events, states } = await startStream();
    server.last.accept().complete(1).chunk(2).complete(3);
    expect(ids(events)).toEqual([1]);
    expect(states().at(-1)).toBe('completed');
  });

  it.each([
    ['done', false],
    ['duration_cap', true],
    ['length', true],
    ['x-vendor', true],
  ])('shows complete with reason %s as truncated: %s', async (reason, truncated) => {
    const { server, changes } = await startStream();
    server.last.accept().complete(1, reason);
    expect(changes.at(-1)).toMatchObject({ state: 'completed', reason, truncated });
  });

  it('gives the same events to an iterator and ends the loop', async () => {
    const { stream, server } = await startStream();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const event of stream) {
        if (event.id !== null) {
          seen.push(event.id);
        }
      }
    })();
    await settle();
    server.last.accept().chunk(1).chunk(2).complete(3);
    await reading;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('closes when the reader leaves the loop', async () => {
    const { stream, server } = await startStream();
    const reading = (async () => {
      for await (const _event of stream) {
        break;
      }
    })();
    await settle();
    server.last.accept().chunk(1);
    await reading;
    expect(stream.state).toBe('closed');
    expect(server.last.closed).toBe(true);
  });
});

describe('a cut', () => {
  it('is resumed from the cursor after the backoff', async () => {
    const { server, states, clock, events } = await startStream();
    server.last.accept().chunk(1).chunk(2).end();
    expect(states().at(-1)).toBe('reconnecting');
    await clock.advance(899);
    expect(server.connections).toHaveLength(1);
    await clock.advance(201);
    expect(server.connections).toHaveLength(2);
    expect(server.last.request.headers.get('Last-Event-ID')).toBe('2');
    server.last.accept().chunk(2).chunk(3).complete(4);
    expect(ids(events)).toEqual([1, 2, 3, 4]);
    expect(states()).toEqual(['connecting', 'open', 'reconnecting', 'connecting', 'open', 'completed']);
  });

  it('keeps the cursor over attempts that fail', async () => {
    const { server, clock } = await startStream();
    server.last.accept().chunk(1).end();
    for (const end of [
      { kind: 'status', status: 503, retryAfter: null },
      { kind: 'cut', message: 'refused' },
    ] as const) {
      await clock.advance(6000);
      expect(server.last.request.headers.get('Last-Event-ID')).toBe('1');
      server.last.end(end);
    }
    await clock.advance(6000);
    expect(server.last.request.headers.get('Last-Event-ID')).toBe('1');
  });

  it('gives up after five attempts without progress, and says why', async () => {
    const { server, clock, changes } = await startStream();
    for (let request = 0; request < 6; request += 1) {
      server.last.accept().heartbeat().end();
      await clock.advance(6000);
    }
    expect(server.connections).toHaveLength(6);
    expect(changes.at(-1)).toMatchObject({ state: 'failed', code: 'attempts' });
    const delays = changes.flatMap((change) => (change.delayMs === undefined ? [] : [change.delayMs]));
    expect(delays).toEqual([1000, 2000, 4000, 4750, 4750]);
    expect(clock.pending).toBe(0);
  });

  it('counts anew after a new id, not after an opened connection', async () => {
    const { server, clock, changes } = await startStream();
    for (let id = 1; id <= 12; id += 1) {
      server.last.accept().chunk(id).end();
      await clock.advance(1100);
    }
    expect(changes.at(-1)?.state).toBe('connecting');
    expect(server.connections).toHaveLength(13);
  });

  it('does not count anew after a connection that was open for long and brought nothing', async () => {
    const { server, clock, changes } = await startStream({ silenceThreshold: 2 });
    server.last.accept({ 'X-Silence-Threshold': '9' });
    await clock.advance(5000);
    server.last.end();
    await clock.advance(6000);
    server.last.end();
    expect(changes.at(-1)).toMatchObject({ state: 'reconnecting', attempt: 2 });
  });

  it('counts anew after a connection that stayed alive for two heartbeat intervals', async () => {
    const { server, clock, changes } = await startStream();
    for (let round = 0; round < 8; round += 1) {
      server.last.accept().heartbeat();
      await clock.advance(200);
      server.last.heartbeat();
      await clock.advance(200);
      server.last.heartbeat().end();
      expect(changes.at(-1)?.delayMs).toBe(1000);
      await clock.advance(1100);
    }
  });
});

describe('silence', () => {
  it('is shown at two intervals and acted upon at the threshold', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().heartbeat();
    await clock.advance(399);
    expect(states().at(-1)).toBe('open');
    await clock.advance(2);
    expect(states().at(-1)).toBe('waiting');
    await clock.advance(197);
    expect(states().at(-1)).toBe('waiting');
    await clock.advance(3);
    expect(states().at(-1)).toBe('reconnecting');
    expect(server.last.closed).toBe(true);
  });

  it('is broken by any event, one of an unknown type included', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept();
    for (let round = 0; round < 20; round += 1) {
      await clock.advance(350);
      server.last.sink.message('x-note', '{"a":1}', undefined);
    }
    expect(states()).toEqual(['connecting', 'open']);
  });

  it('takes the threshold of the heartbeat over that of the header', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().heartbeat({ heartbeat_interval: 1, silence_threshold: 3 });
    await clock.advance(1900);
    expect(states().at(-1)).toBe('open');
    await clock.advance(1000);
    expect(states().at(-1)).toBe('waiting');
    await clock.advance(200);
    expect(states().at(-1)).toBe('reconnecting');
  });

  it('is not judged before pending input after a freeze', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().heartbeat();
    await clock.freeze(30_000);
    const thaw = clock.advance(40);
    server.last.chunk(1);
    await thaw;
    await clock.advance(100);
    expect(states()).toEqual(['connecting', 'open']);
  });

  it('takes the defaults for unusable headers and names them', async () => {
    const { server, clock, states, diagnostics } = await startStream();
    server.last.accept({ 'X-Heartbeat-Interval': '1e3', 'X-Silence-Threshold': '-1' }).chunk(1);
    expect(diagnostics.map(({ parameter }) => parameter)).toEqual(['X-Heartbeat-Interval', 'X-Silence-Threshold']);
    await clock.advance(14_900);
    expect(states().at(-1)).toBe('waiting');
    await clock.advance(200);
    expect(states().at(-1)).toBe('reconnecting');
  });
});

describe('answers that are no stream', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('retries after %i', async (status) => {
    const { server, states } = await startStream();
    server.last.end({ kind: 'status', status, retryAfter: null });
    expect(states().at(-1)).toBe('reconnecting');
  });

  it.each([400, 401, 403, 404, 410])('fails after %i', async (status) => {
    const { server, changes } = await startStream();
    server.last.end({ kind: 'status', status, retryAfter: null });
    expect(changes.at(-1)).toMatchObject({ state: 'failed', code: 'http_status' });
  });

  it('is finished after 204', async () => {
    const { server, changes } = await startStream();
    server.last.end({ kind: 'status', status: 204, retryAfter: null });
    expect(changes.at(-1)).toMatchObject({ state: 'completed', reason: null });
  });

  it('waits as long as Retry-After asks, and up to a tenth more', async () => {
    const { server, changes } = await startStream();
    server.last.end({ kind: 'status', status: 503, retryAfter: '7' });
    expect(changes.at(-1)?.delayMs).toBe(7350);
  });
});

describe('closing', () => {
  it('ends everything in every state', async () => {
    const { stream, server, clock, states } = await startStream();
    server.last.accept().chunk(1).end();
    stream.close();
    expect(states().at(-1)).toBe('closed');
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    expect(server.connections).toHaveLength(1);
  });

  it('follows an abort signal', async () => {
    const controller = new AbortController();
    const { stream } = await startStream({ signal: controller.signal });
    controller.abort();
    expect(stream.state).toBe('closed');
  });
});
