import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Faults } from '../../schemas/1.0/types/faults.js';
import { createFaultProxy, type ProxyEvent } from './proxy.js';
import { EVENT, open, read, serve, serveRaw, stream, through } from './testing/proxied.js';

const breaking = (
  action: NonNullable<Faults['faults']>[number]['action'],
  after: { events?: number; bytes?: number; ms?: number },
): Faults => ({
  faults: [{ action, after }],
});

describe('without a fault', () => {
  test('everything passes, in both directions, with its ends', async () => {
    const port = await serve(async (request, response) => {
      for await (const chunk of request) response.write(chunk);
      response.end();
    });
    const proxy = await through(port, {});
    const sent = 'x'.repeat(3_000_000);
    const echoed = await fetch(`http://127.0.0.1:${proxy.port}/`, { method: 'POST', body: sent });
    expect(await echoed.text()).toBe(sent);
  });

  test('a server that is not there is a reset, and told', async () => {
    const port = await serveRaw(() => undefined);
    const events: ProxyEvent[] = [];
    const proxy = await through(port === 1 ? 2 : 1, {}, events);
    expect((await read(proxy)).error).toBe('ECONNRESET');
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(['opened', 'unreachable', 'closed']);
  });
});

describe('a cut', () => {
  test.each(['close', 'reset'] as const)('by %s comes at the end of an event, whatever the framing', async (action) => {
    const heartbeat = 'event: heartbeat\ndata: {}\n\n';
    const port = await serve(
      stream(': comment\n\n', heartbeat, `${EVENT}data: 2\n`, `data: more\n\n${heartbeat}data: 3\n\n`),
    );
    const { raw, error } = await read(await through(port, breaking(action, { events: 2 })));
    expect(raw).toMatch(/data: 2\n\r\n[0-9a-f]+\r\ndata: more\n\n$/);
    expect(error).toBe(action === 'reset' ? 'ECONNRESET' : '');
  });

  test.each(['\r', '\r\n'])('knows other line ends: %j', async (end) => {
    const port = await serve(stream(`data: 1${end}${end}data: 2${end}${end}data: 3${end}${end}`));
    const { raw } = await read(await through(port, breaking('close', { events: 2 })));
    expect(raw).toMatch(new RegExp(`data: 2${end}${end}$`));
  });

  test('counts the events of one connection over several answers', async () => {
    let answers = 0;
    const port = await serve((_request, response) => {
      answers += 1;
      const body = answers === 2 ? 'data: no stream\n\n' : EVENT;
      const type = answers === 2 ? 'text/plain' : 'text/event-stream';
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
    });
    const proxy = await through(port, breaking('close', { events: 2 }));
    const asked = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const { raw } = await read(proxy, `HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${asked.repeat(4)}`);
    // HEAD has no body; the second answer is no event stream.
    expect(raw.split('HTTP/1.1 200')).toHaveLength(5);
    expect(raw.endsWith(EVENT)).toBe(true);
  });

  test.each([0, 1, 100, 70_000])('comes after %d bytes, exactly', async (bytes) => {
    const port = await serveRaw((socket) => socket.write('y'.repeat(100_000)));
    const { raw } = await read(await through(port, breaking('reset', { bytes })), 'hello');
    expect(raw).toHaveLength(bytes);
  });

  test('comes after a time', async () => {
    const port = await serveRaw((socket) => socket.write('y'));
    const startedMs = performance.now();
    const { raw, error } = await read(await through(port, breaking('reset', { ms: 200 })), 'hello');
    expect({ raw, error }).toEqual({ raw: 'y', error: 'ECONNRESET' });
    expect(performance.now() - startedMs).toBeGreaterThan(195);
  });

  test('happens as often as it may, and leaves the network as it says', async () => {
    const events: ProxyEvent[] = [];
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
      response.end(EVENT.repeat(3));
    });
    const proxy = await through(
      port,
      { faults: [{ action: 'reset', after: { events: 1 }, times: 1, afterwards: { refuse: 2 } }] },
      events,
    );
    const seen: string[] = [];
    for (const _ of [1, 2, 3, 4]) {
      const { raw, error } = await read(proxy);
      seen.push(`${raw.split(EVENT).length - 1} ${error}`);
    }
    expect(seen).toEqual(['1 ECONNRESET', '0 ECONNRESET', '0 ECONNRESET', '3 ']);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'broken', action: 'reset', events: 1, connection: 1 }),
    );
    expect(events.filter(({ kind }) => kind === 'refused')).toHaveLength(2);
  });

  test('everywhere hits those that do nothing, too, and then all is offline for a while', async () => {
    let answer: (() => void) | undefined;
    const port = await serve((request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      if (request.url === '/now') answer = () => response.write(EVENT);
    });
    const fault = { action: 'reset', after: { events: 1 }, times: 1, everywhere: true, afterwards: { offlineMs: 400 } };
    const proxy = await through(port, { faults: [{ ...fault, action: 'reset' }] });
    const idle = read(proxy, 'GET /idle HTTP/1.1\r\nHost: a\r\n\r\n');
    const active = read(proxy, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => proxy.open).toBe(2);
    await expect.poll(() => answer).toBeDefined();
    answer?.();
    await expect.poll(() => proxy.open).toBe(0);
    expect((await Promise.all([idle, active])).map(({ error }) => error)).toEqual(['ECONNRESET', 'ECONNRESET']);
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${proxy.port}/`).catch(() => undefined))?.status, {
        timeout: 5_000,
      })
      .toBe(200);
  });
});

describe('losses', () => {
  test('are the same with the same seed, and take the event with them', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
      response.end(Array.from({ length: 30 }, (_, n) => `data: ${n}\n\n`).join(''));
    });
    const lossesWith = async (seed: number): Promise<readonly number[]> => {
      const proxy = await through(port, { seed, lossRate: 0.1 });
      const counts: number[] = [];
      for (const _ of Array(8)) {
        const { raw } = await read(proxy);
        counts.push(raw.split('\n\n').length - 1);
      }
      return counts;
    };
    const first = await lossesWith(3);
    expect(await lossesWith(3)).toEqual(first);
    expect(await lossesWith(4)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(2);
  });

  test('of everything leave the head alone', async () => {
    const port = await serve(stream(EVENT));
    const { raw, error } = await read(await through(port, { lossRate: 1 }));
    expect(raw).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\n9\r\n$|^HTTP\/1\.1 200 .*\r\n\r\n$/s);
    expect(error).toBe('ECONNRESET');
  });
});

describe('a stall', () => {
  test('keeps both sides open, and goes on where it ends', async () => {
    const port = await serveRaw((socket) => socket.write('y'.repeat(100)));
    const events: ProxyEvent[] = [];
    const proxy = await through(port, { faults: [{ action: 'stall', after: { bytes: 40 }, forMs: 300 }] }, events);
    const socket = open(proxy);
    const startedMs = performance.now();
    let length = 0;
    socket.on('data', (bytes) => {
      length += bytes.length;
    });
    await expect.poll(() => length, { timeout: 5_000 }).toBe(100);
    expect(events).toContainEqual(expect.objectContaining({ action: 'stall', bytes: 40 }));
    expect(performance.now() - startedMs).toBeGreaterThan(290);
  });

  test('holds the server up, and ends with the client', async () => {
    let server: Socket | undefined;
    const port = await serveRaw((socket) => {
      server = socket;
      // More than any buffer on the way takes.
      socket.write(Buffer.alloc(64 * 1024 * 1024));
    });
    const proxy = await through(port, breaking('stall', { bytes: 10 }));
    const socket = open(proxy).resume();
    await expect.poll(() => proxy.waiting).toBeGreaterThan(64 * 1024);
    expect(proxy.waiting).toBeLessThan(1024 * 1024);
    expect(server?.writableLength).toBeGreaterThan(0);
    socket.end();
    await expect.poll(() => proxy.open).toBe(0);
  });
});

test('half open: the server is told, and the client is not', async () => {
  const closed: string[] = [];
  const port = await serveRaw((socket) => {
    socket.on('close', () => closed.push('server')).on('end', () => socket.end());
    socket.resume().write('y');
  });
  const proxy = await through(port, breaking('half-open', { bytes: 1 }));
  const socket = open(proxy).resume();
  socket.on('close', () => closed.push('client'));
  await expect.poll(() => closed).toEqual(['server']);
  expect(socket.writable).toBe(true);
  socket.end();
  await expect.poll(() => closed).toEqual(['server', 'client']);
});

test('ghost: the client is told, and the server is not, until the time is up', async () => {
  let server: Socket | undefined;
  const port = await serveRaw((socket) => {
    server = socket.resume();
    socket.write('y');
  });
  const proxy = await through(port, { faults: [{ action: 'ghost', after: { bytes: 1 }, forMs: 400 }] });
  expect(await read(proxy, 'hello')).toEqual({ raw: 'y', error: '' });
  expect(server?.readableEnded).toBe(false);
  await expect.poll(() => server?.destroyed).toBe(true);
});

test('what is no HTTP passes, and has no events', async () => {
  const port = await serveRaw((socket) => socket.end(`\u0016\u0003\u0001${EVENT.repeat(5)}`));
  const proxy = await through(port, { lossRate: 1, ...breaking('reset', { events: 1 }) });
  expect(await read(proxy, '\u0016\u0003\u0001 hello')).toEqual({
    raw: `\u0016\u0003\u0001${EVENT.repeat(5)}`,
    error: '',
  });
});

test('is played by hand', async () => {
  const port = await serve(stream(EVENT));
  const proxy = await through(port, {});
  proxy.setOffline(true);
  expect((await read(proxy)).error).toBe('ECONNRESET');
  proxy.setOffline(false);
  proxy.refuse(1);
  expect((await read(proxy)).error).toBe('ECONNRESET');
  const streamed = httpRequest({ port: proxy.port, host: '127.0.0.1' }).end();
  streamed.on('error', () => undefined);
  const [response] = await once(streamed, 'response');
  response.on('error', () => undefined);
  await once(response, 'data');
  proxy.breakStream('reset');
  await new Promise((resolve) => response.once('close', resolve));
  await expect.poll(() => proxy.open).toBe(0);
});

test('a port that is taken is said in one line', async () => {
  const port = await serveRaw(() => undefined);
  const taken = createFaultProxy({ upstream: { host: '127.0.0.1', port }, port });
  await expect(taken).rejects.toThrow(/^cannot listen on 127\.0\.0\.1, port \d+: .*EADDRINUSE/);
});
