import { describe, expect, it } from 'vitest';
import { storageCursorStore } from './cursor.js';
import { startStream } from './testing/start.js';

describe('the first request', () => {
  it('names a stream id of 128 random bits, another each time', async () => {
    const [one, other] = await Promise.all([startStream(), startStream()]);
    expect(one.stream.streamId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.server.last.request.url).toBe(`http://localhost/stream?stream_id=${one.stream.streamId}`);
    expect(other.stream.streamId).not.toBe(one.stream.streamId);
  });

  it('carries no cursor', async () => {
    const { server } = await startStream();
    expect(server.last.request.headers.has('Last-Event-ID')).toBe(false);
    expect(server.last.request.headers.get('Accept')).toBe('text/event-stream');
  });

  it('takes the stream id from a URL that has one', async () => {
    const { stream, server } = await startStream(
      { streamId: 's-2' },
      'http://localhost/stream?query=a&stream_id=s-1#top',
    );
    expect(stream.streamId).toBe('s-1');
    expect(server.last.request.url).toBe('http://localhost/stream?query=a&stream_id=s-1');
  });

  it('puts the stream id where the URL says', async () => {
    const { server } = await startStream({ streamId: 's-1' }, 'http://localhost/streams/{stream_id}');
    expect(server.last.request.url).toBe('http://localhost/streams/s-1');
  });

  it('leaves a URL alone that says which stream it is', async () => {
    const { server } = await startStream({ streamId: false });
    expect(server.last.request.url).toBe('http://localhost/stream');
  });
});

describe('a stream created by POST', () => {
  it('is resumed by GET from its Content-Location, without the body', async () => {
    const { server, clock } = await startStream({ method: 'POST', body: '{"query":"tides"}' });
    expect(server.last.request).toMatchObject({ method: 'POST', body: '{"query":"tides"}' });
    server.last.accept({ 'Content-Location': '/streams/7' }).chunk(1).end();
    await clock.advance(1200);
    expect(server.last.request).toMatchObject({ method: 'GET', url: 'http://localhost/streams/7' });
    expect(server.last.request).not.toHaveProperty('body');
    expect(server.last.request.headers.get('Last-Event-ID')).toBe('1');
  });

  it('is created again where no answer came, under the same id', async () => {
    const { server, clock, stream } = await startStream({ method: 'POST' });
    server.last.end();
    await clock.advance(1200);
    expect(server.last.request.method).toBe('POST');
    expect(server.last.request.url).toContain(stream.streamId);
  });

  it('is resumed under the id that the server gave it', async () => {
    const { server, clock, stream } = await startStream({ method: 'POST', streamId: false });
    server.last.accept({ 'X-Stream-ID': 's-7' }).chunk(1).end();
    await clock.advance(1200);
    expect(stream.streamId).toBe('s-7');
    expect(server.last.request).toMatchObject({ method: 'GET', url: 'http://localhost/stream?stream_id=s-7' });
  });

  it.each(['https://elsewhere.example/streams/7', 'http://[', 'javascript:alert(1)'])(
    'is not resumed from %s',
    async (location) => {
      const { server, clock } = await startStream({ method: 'POST', streamId: 's-1' });
      server.last.accept({ 'Content-Location': location }).chunk(1).end();
      await clock.advance(1200);
      expect(server.last.request.url).toBe('http://localhost/stream?stream_id=s-1');
    },
  );

  it('is resumed at once where a cursor was stored', async () => {
    const { server } = await startStream({ method: 'POST', streamId: 's-1', lastEventId: 4 });
    expect(server.last.request.method).toBe('GET');
    expect(server.last.request.headers.get('Last-Event-ID')).toBe('4');
  });
});

describe('headers', () => {
  it('are made anew for every attempt', async () => {
    let token = 0;
    const headers = () => {
      token += 1;
      return Promise.resolve({ Authorization: `Bearer ${token}` });
    };
    const { server, clock } = await startStream({ headers });
    server.last.accept().chunk(1).end();
    await clock.advance(1200);
    expect(server.connections.map(({ request }) => request.headers.get('Authorization'))).toEqual([
      'Bearer 1',
      'Bearer 2',
    ]);
  });

  it('that cannot be made cost an attempt, not the stream', async () => {
    let calls = 0;
    const headers = () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('no token')) : { Authorization: 'Bearer 2' };
    };
    const { server, clock, states, changes } = await startStream({ headers });
    expect(changes.at(-1)).toMatchObject({ state: 'reconnecting', attempt: 1 });
    await clock.advance(1200);
    server.last.accept();
    expect(states()).toEqual(['connecting', 'reconnecting', 'connecting', 'open']);
  });

  it('name one trace, whatever the application draws', async () => {
    let drawn = 0;
    const headers = () => {
      drawn += 1;
      return { 'X-Trace-ID': `trace-${drawn}`, ...(drawn > 1 ? { traceparent: `00-${drawn}` } : {}) };
    };
    const { server, clock } = await startStream({ headers });
    server.last.accept().chunk(1).end();
    await clock.advance(1200);
    expect(server.last.request.headers.get('X-Trace-ID')).toBe('trace-1');
    expect(server.last.request.headers.has('traceparent')).toBe(false);
  });
});

describe('a stored cursor', () => {
  it('is kept by stream, used after a reload, and deleted at the end', async () => {
    const storage = memoryStorage();
    const options = { streamId: 's-1', cursorStore: storageCursorStore(storage) };
    const before = await startStream(options);
    before.server.last.accept().chunk(1).chunk(2);
    before.stream.close();
    expect(storage.getItem('resilient-sse:cursor:s-1')).toBe('2');

    const after = await startStream(options);
    expect(after.server.last.request.headers.get('Last-Event-ID')).toBe('2');
    after.server.last.accept().complete(3);
    expect(storage.length).toBe(0);
  });

  it('that cannot be stored is named in the diagnostics and costs nothing else', async () => {
    const cursorStore = {
      get: () => undefined,
      set: () => {
        throw new Error('full');
      },
      delete: () => undefined,
    };
    const { server, changes, diagnostics } = await startStream({ streamId: 's-1', cursorStore });
    server.last.accept().chunk(1).complete(2);
    expect(changes.at(-1)?.state).toBe('completed');
    expect(diagnostics[0]).toMatchObject({ code: 'cursor-store' });
  });
});

function memoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: (index) => [...items.keys()][index] ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  };
}
