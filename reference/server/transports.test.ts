/** The same handler over HTTP/2, as a WHATWG fetch handler, and compressed. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  createServer as createHttp2Server,
} from 'node:http2';
import { createGunzip } from 'node:zlib';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { createStreamHandler, type StreamHandler } from './handler.js';
import { connect } from './testing/connect.js';
import { FAST, portOf, Script, serve } from './testing/serve.js';

const collect = (): { events: EventSourceMessage[]; feed: (text: string) => void } => {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  return { events, feed: (text) => parser.feed(text) };
};

describe('HTTP/2', () => {
  const over = async (
    handler: StreamHandler,
    use: (open: (path: string) => ClientHttp2Stream, openAlone: (path: string) => ClientHttp2Stream) => Promise<void>,
  ): Promise<void> => {
    const server = createHttp2Server(handler.listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sessions = [1, 2].map(() => connectHttp2(`http://127.0.0.1:${portOf(server)}`));
    const opener = (session: ClientHttp2Session | undefined) => (path: string) => {
      if (!session) throw new Error('no session');
      return session.request({ ':path': path, accept: 'text/event-stream' });
    };
    try {
      await use(opener(sessions[0]), opener(sessions[1]));
    } finally {
      await handler.close();
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  };

  it('carries streams side by side, without a Connection header', async () => {
    const script = new Script();
    await over(createStreamHandler({ ...FAST, produce: script.produce }), async (open) => {
      const readers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const stream = open('/?stream_id=h2').setEncoding('utf8');
          const { events, feed } = collect();
          stream.on('data', feed);
          const ended = new Promise((resolve) => stream.once('close', resolve));
          const headers = await new Promise<object>((resolve) => stream.once('response', resolve));
          return { events, ended, headers };
        }),
      );
      script.push('a', 'b').finish();
      for (const { headers, ended, events } of readers) {
        expect(headers).toMatchObject({ ':status': 200, 'x-stream-id': 'h2' });
        expect(Object.keys(headers)).not.toContain('connection');
        await ended;
        expect(events.map(({ id }) => id)).toEqual([undefined, '1', '2', '3']);
      }
      expect(script.starts).toBe(1);
    });
  });

  it('cuts a reader that does not read, and it alone', async () => {
    const script = new Script();
    const handler = createStreamHandler({ ...FAST, produce: script.produce, maxBufferedBytes: 128 * 1024 });
    await over(handler, async (open, openAlone) => {
      const fast = open('/?stream_id=h2').setEncoding('utf8');
      const { events, feed } = collect();
      fast.on('data', feed);
      // A session has one window for all its streams: a reader that does not read needs one of its own here.
      const slow = openAlone('/?stream_id=h2');
      slow.on('error', () => undefined);
      const cut = new Promise((resolve) => slow.once('close', () => resolve(slow.rstCode)));
      await new Promise((resolve) => slow.once('response', resolve));
      for (let n = 1; n <= 100; n += 1) {
        script.push('x'.repeat(8000));
        await expect.poll(() => events.some(({ id }) => id === String(n)), { interval: 1 }).toBe(true);
      }
      slow.resume();
      await cut;
      script.finish();
      await new Promise((resolve) => fast.once('close', resolve));
      expect(events.at(-1)).toMatchObject({ event: 'complete', id: '101' });
      expect(await handler.metrics.registry.metrics()).toContain('sse_slow_client_disconnects_total 1');
    });
  });
});

describe('fetch', () => {
  const url = 'http://localhost/stream?stream_id=f';

  it('answers a Request with a Response', async () => {
    const script = new Script();
    script.push('a', 'b').finish();
    const { fetch: answer } = createStreamHandler({ ...FAST, produce: script.produce });
    const response = await answer(new Request(url));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { events, feed } = collect();
    feed(await response.text());
    expect(events.map(({ id }) => id)).toEqual([undefined, '1', '2', '3']);
    const resumed = await answer(new Request(url, { headers: { 'last-event-id': '3' } }));
    expect([resumed.status, await resumed.text()]).toEqual([204, '']);
    const head = await answer(new Request(url, { method: 'HEAD' }));
    expect([head.status, await head.text()]).toEqual([200, '']);
    const malformed = await answer(new Request(url, { headers: { 'last-event-id': 'x' } }));
    expect([malformed.status, malformed.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    const post = await answer(
      new Request('http://localhost/stream', { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) }),
    );
    expect([post.status, post.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
  });

  it('notices a reader that goes away, and the stream goes on', async () => {
    const script = new Script();
    script.push('a');
    const { fetch: answer, metrics } = createStreamHandler({ ...FAST, produce: script.produce });
    const reader = (await answer(new Request(url))).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => metrics.registry.metrics()).toContain('sse_open_connections 0');
    script.push('b').finish();
    expect(await (await answer(new Request(url))).text()).toContain('"total_chunks":2');
  });

  it('cuts a reader that does not read', async () => {
    const script = new Script();
    const options = { ...FAST, produce: script.produce, maxBufferedBytes: 100_000 };
    const { fetch: answer, metrics } = createStreamHandler(options);
    const response = await answer(new Request(url));
    script.push(...Array.from({ length: 100 }, () => 'x'.repeat(8000))).finish();
    await expect.poll(() => metrics.registry.metrics()).toContain('sse_slow_client_disconnects_total 1');
    await expect(response.text()).rejects.toThrow();
  });
});

describe('gzip', () => {
  it('is used where it is switched on and accepted, and lets no event wait', async () => {
    const script = new Script();
    const { at, stop } = await serve({ produce: script.produce, gzip: true });
    const url = at({ stream_id: 'z' });
    for (const [coding, expected] of [
      ['gzip, br', 'gzip'],
      ['gzip;q=0', undefined],
      ['identity', undefined],
    ]) {
      const reader = await connect(url, { headers: { 'accept-encoding': coding } });
      expect(reader.headers['content-encoding']).toBe(expected);
      reader.close();
    }
    const packed = await fetchRaw(url);
    for (const n of [1, 2, 3]) {
      script.push(`${n} `);
      await expect.poll(() => packed.events.some(({ id }) => id === String(n))).toBe(true);
    }
    script.finish();
    await packed.ended;
    expect(packed.events.at(-1)).toMatchObject({ event: 'complete', id: '4' });
    await stop();
  });
});

async function fetchRaw(url: URL): Promise<{ events: EventSourceMessage[]; ended: Promise<unknown> }> {
  const { request } = await import('node:http');
  const message = await new Promise<import('node:http').IncomingMessage>((resolve) => {
    request(url, { headers: { 'accept-encoding': 'gzip' }, agent: false })
      .once('response', resolve)
      .end();
  });
  const { events, feed } = collect();
  const gunzip = createGunzip();
  gunzip.setEncoding('utf8').on('data', feed);
  return { events, ended: new Promise((resolve) => message.pipe(gunzip).once('end', resolve)) };
}
