/** Loss, malformed data, and what the application hears of it. */
import { describe, expect, it } from 'vitest';
import { settle } from './testing/fake-clock.js';
import { startStream } from './testing/start.js';

const ids = (events: readonly { id: number | null }[]) => events.map((event) => event.id).filter((id) => id !== null);

describe('loss and damage', () => {
  it('goes back once at a jump, then fails with gap', async () => {
    const { server, clock, events, changes } = await startStream();
    server.last.accept().chunk(1).chunk(3);
    expect(ids(events)).toEqual([1]);
    await clock.advance(1100);
    server.last.accept().chunk(3);
    expect(changes.at(-1)).toMatchObject({ state: 'failed', code: 'gap' });
  });

  it('goes on when the second try closes the gap', async () => {
    const { server, clock, events } = await startStream();
    server.last.accept().chunk(1).chunk(3);
    await clock.advance(1100);
    server.last.accept().chunk(2).chunk(3).complete(4);
    expect(ids(events)).toEqual([1, 2, 3, 4]);
  });

  it('does not move past malformed data', async () => {
    const { server, clock, changes, diagnostics, stream } = await startStream();
    server.last.accept().chunk(1);
    server.last.sink.message('content_chunk', '{"content":', '2');
    expect(stream.cursor).toBe(1);
    expect(diagnostics[0]?.code).toBe('protocol-error');
    await clock.advance(1100);
    server.last.accept();
    server.last.sink.message('content_chunk', '{"content":', '2');
    expect(changes.at(-1)).toMatchObject({ state: 'failed', code: 'protocol' });
  });

  it('tries once more for each kind of damage', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().chunk(1).chunk(3);
    await clock.advance(1200);
    server.last.accept().sink.message('content_chunk', '[]', '2');
    await clock.advance(2300);
    server.last.accept().chunk(2).complete(3);
    expect(states().at(-1)).toBe('completed');
  });

  it('takes an object for what it is that lacks a member, and names the lack', async () => {
    const { server, events, changes, diagnostics } = await startStream();
    server.last.accept();
    server.last.sink.message('content_chunk', '{"text":"a"}', '1');
    server.last.sink.message('complete', '{}', '2');
    expect(events).toMatchObject([
      { type: 'content_chunk', content: '', data: { text: 'a' } },
      { type: 'complete', reason: null },
    ]);
    expect(changes.at(-1)).toMatchObject({ state: 'completed', truncated: true });
    expect(diagnostics.map(({ code }) => code)).toEqual(['missing-member', 'missing-member']);
  });

  it('treats an id of another form as none', async () => {
    const { server, stream, events, diagnostics } = await startStream();
    server.last.accept();
    for (const id of ['', '0', '01', '-1', '1e3', 'abc', '9007199254740992']) {
      server.last.sink.message('content_chunk', '{"content":"a"}', id);
    }
    expect(events).toHaveLength(7);
    expect(stream.cursor).toBe(0);
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(7).fill('malformed-id'));
  });

  it('counts the id of a heartbeat that has one, so that it leaves no hole', async () => {
    const { server, clock, states } = await startStream();
    server.last.accept().chunk(1);
    server.last.sink.message('heartbeat', '{}', '2');
    server.last.chunk(3).end();
    await clock.advance(1200);
    expect(server.last.request.headers.get('Last-Event-ID')).toBe('3');
    expect(states()).toEqual(['connecting', 'open', 'reconnecting', 'connecting']);
  });

  it('moves the cursor with an unknown type', async () => {
    const { server, stream } = await startStream();
    server.last.accept().chunk(1);
    server.last.sink.message('x-note', '{}', '2');
    server.last.chunk(3);
    expect(stream.cursor).toBe(3);
  });
});

describe('what the application hears', () => {
  it('survives a callback that throws', async () => {
    const thrown: unknown[] = [];
    const listener = (error: unknown) => thrown.push(error);
    process.on('uncaughtException', listener);
    const onEvent = () => {
      throw new Error('of the application');
    };
    const { server, states } = await startStream({ onEvent });
    server.last.accept().chunk(1).complete(2);
    await settle();
    process.off('uncaughtException', listener);
    expect(states()).toEqual(['connecting', 'open', 'completed']);
    expect(thrown).toHaveLength(2);
  });

  it('measures interruptions, loss and completion', async () => {
    const { server, clock, metrics } = await startStream();
    server.last.accept().heartbeat({ head_id: 8 }).chunk(1).chunk(2).end();
    await clock.advance(1000);
    server.last.accept().heartbeat({ head_id: 8 });
    server.last.end({ kind: 'status', status: 404, retryAfter: null });
    expect(Object.fromEntries(metrics)).toEqual({
      sse_streams_started_total: [1],
      sse_total_events_received: [1, 1, 1, 1],
      sse_reconnect_time_ms: [1000],
      sse_user_visible_errors_total: [1, 1],
      sse_message_loss_total: [6],
      sse_stream_completion_rate: [25],
    });
  });

  it('is never a trace id of another alphabet', async () => {
    const { server, stream } = await startStream();
    server.last.accept({ 'X-Trace-ID': '<b>' });
    expect(stream.traceId).toBeUndefined();
    server.last.chunk(1);
    expect(stream.traceId).toBe('trace-1');
  });
});
