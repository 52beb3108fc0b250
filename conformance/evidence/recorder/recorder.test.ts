import type net from 'node:net';
import { describe, expect, it } from 'vitest';
import { viewConnection } from '../views.js';
import { createRedactor, REDACTED } from './redact.js';
import { chunked, SSE_HEAD, startRawServer } from './testing/raw-server.js';
import { bodyOf, CHUNKED, get, record, recorderOf, serve } from './testing/recording.js';

describe('what is recorded', () => {
  it('is request, head, bytes as they came, and the end', async () => {
    const recorded = await record((socket) => {
      socket.write(`${SSE_HEAD}X-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n`);
      socket.write(chunked('data: 1\n\n'), () =>
        setTimeout(() => socket.write(Buffer.concat([chunked('data: 2\n\n'), chunked('')])), 60),
      );
    });
    expect(recorded.response).toMatchObject({ status: 200, httpVersion: '1.1' });
    expect(recorded.response?.headers).toEqual(
      expect.arrayContaining([
        ['X-A', '1'],
        ['x-a', '2'],
      ]),
    );
    expect(bodyOf(recorded)).toBe('data: 1\n\ndata: 2\n\n');
    expect(recorded.end).toMatchObject({ by: 'target', kind: 'eof' });
    const [first, second] = viewConnection(recorded, 's').events();
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(40);
    expect(recorded.sentAtMs).toBeLessThanOrEqual(recorded.response?.atMs ?? 0);
  });

  it('tells its events while they come', async () => {
    const server = await serve((socket) => socket.write(`${SSE_HEAD}\r\ndata: 1\n\nid: 7\ndata: 2\n\n`));
    const connection = recorderOf().open(get(server.url));
    expect((await connection.until((event) => event.id === '7'))?.data).toBe('2');
    expect((await connection.until(() => true))?.data).toBe('1');
    const never = connection.until((event) => event.id === '8');
    expect(await connection.close()).toMatchObject({ by: 'kit', kind: 'closed' });
    expect(await never).toBeUndefined();
  });

  it('sends repeated, empty and latin-1 header values as they are', async () => {
    const server = await serve((socket) => socket.end(`${SSE_HEAD}Content-Length: 0\r\n\r\n`));
    const headers = [
      ['Last-Event-ID', ''],
      ['X-Trace-ID', 'a é'],
      ['X-B', '1'],
      ['X-B', '2'],
    ] as const;
    await recorderOf().open(get(server.url, { headers })).ended;
    expect(server.received()).toContain('Last-Event-ID: \r\nX-Trace-ID: a é\r\nX-B: 1\r\nX-B: 2\r\n');
  });

  it('shares kept-alive sockets, but not for a request that cannot be sent again', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 404 N\r\nContent-Length: 1\r\n\r\nx'));
    const recorder = recorderOf();
    for (const method of ['GET', 'GET', 'POST', 'DELETE', 'GET']) {
      expect(await recorder.open(get(server.url, { method })).ended).toMatchObject({ kind: 'eof' });
    }
    expect(server.accepted()).toBe(3);
  });

  it('sends a request again where the kept-alive socket had died', async () => {
    let answers = 0;
    const server = await serve((socket) => {
      answers += 1;
      if (answers === 2) {
        socket.destroy();
      } else {
        socket.write('HTTP/1.1 404 N\r\nContent-Length: 1\r\n\r\nx');
      }
    });
    const recorder = recorderOf();
    await recorder.open(get(server.url)).ended;
    expect(await recorder.open(get(server.url)).ended).toMatchObject({ kind: 'eof' });
    expect(server.accepted()).toBe(2);
  });
});

describe('endings', () => {
  it.each<[string, (socket: net.Socket) => void, object]>([
    ['eof by length', (s) => s.write(`${SSE_HEAD}Content-Length: 3\r\n\r\nabc`), { by: 'target', kind: 'eof' }],
    ['eof by close', (s) => s.end('HTTP/1.0 200 OK\r\n\r\nabc'), { by: 'target', kind: 'eof' }],
    ['truncated in a chunked body', (s) => s.end(`${CHUNKED}3\r\nabc\r\n`), { by: 'target', kind: 'truncated' }],
    [
      'truncated by length',
      (s) => s.end(`${SSE_HEAD}Content-Length: 9\r\n\r\nabc`),
      { by: 'target', kind: 'truncated' },
    ],
    ['truncated in the head', (s) => s.end('HTTP/1.1 200 OK\r\nA:'), { by: 'target', kind: 'truncated' }],
    ['truncated before the head', (s) => s.end(), { by: 'target', kind: 'truncated' }],
    ['reset before the head', (s) => s.resetAndDestroy(), { by: 'target', kind: 'reset' }],
    [
      'reset in the body',
      (s) => s.write(`${CHUNKED}3\r\nabc\r\n`, () => setTimeout(() => s.resetAndDestroy(), 20)),
      { by: 'target', kind: 'reset' },
    ],
    [
      'reset of a body without length',
      (s) => s.write(`${SSE_HEAD}\r\nabc`, () => setTimeout(() => s.resetAndDestroy(), 20)),
      { by: 'target', kind: 'reset' },
    ],
    ['malformed head', (s) => s.write('SSH-2.0-OpenSSH_9\r\n\r\n'), { by: 'target', kind: 'malformed' }],
    ['malformed chunk', (s) => s.write(`${CHUNKED}zz\r\nabc\r\n`), { by: 'target', kind: 'malformed' }],
    ['upgrade', (s) => s.write('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'), { kind: 'malformed' }],
    [
      'endless head',
      (s) => s.write(`HTTP/1.1 200 OK\r\n${`A: ${'x'.repeat(1000)}\r\n`.repeat(99)}`),
      { by: 'kit', kind: 'limit' },
    ],
    ['endless interim answers', (s) => s.write('HTTP/1.1 103 E\r\n\r\n'.repeat(100)), { by: 'kit', kind: 'limit' }],
    ['unknown coding', (s) => s.write(`${SSE_HEAD}Content-Encoding: zstd\r\n\r\n`), { kind: 'malformed' }],
    ['garbage for gzip', (s) => s.end(`${SSE_HEAD}Content-Encoding: gzip\r\n\r\nabcdef`), { kind: 'malformed' }],
  ])('%s', async (_, answer, end) => {
    expect((await record(answer)).end).toMatchObject(end);
  });

  it('refused', async () => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const connection = recorderOf().open(get(server.url));
    expect(await connection.ended).toMatchObject({ by: 'target', kind: 'refused' });
    expect(await connection.response).toBeNull();
  });

  it('TLS that is none', async () => {
    const server = await serve(() => undefined);
    const url = new URL(server.url);
    url.protocol = 'https:';
    const connection = recorderOf({ limits: { headTimeoutMs: 300 } }).open(get(url));
    expect(await connection.ended).toMatchObject({ by: 'kit', kind: 'timeout' });
  });

  it('no answer in time', async () => {
    const { end } = await record(() => undefined, {}, { limits: { headTimeoutMs: 100 } });
    expect(end).toMatchObject({ by: 'kit', kind: 'timeout', detail: expect.stringContaining('100 ms') });
  });

  it('no end in time', async () => {
    const { end } = await record((socket) => socket.write(`${SSE_HEAD}\r\n`), { timeoutMs: 100 });
    expect(end).toMatchObject({ by: 'kit', kind: 'timeout' });
    expect(end.atMs).toBeGreaterThan(90);
  });

  it('a request that cannot be formed', async () => {
    const { end } = await record(() => undefined, { headers: [['X', 'a\nb']] });
    expect(end).toMatchObject({ by: 'kit', kind: 'closed' });
  });
});

describe('secrets', () => {
  const secret = 'Bearer correct-horse-battery';

  it('never reach what is stored, not even when the target sends them back', async () => {
    const redactor = createRedactor([['Authorization', secret]]);
    const echo = 'token correct-horse-battery';
    const recorded = await record(
      (socket) => {
        socket.write(`${SSE_HEAD}X-Echo: ${secret}\r\nTransfer-Encoding: chunked\r\n\r\n`);
        socket.write(Buffer.concat([chunked(echo.slice(0, 12)), chunked(`${echo.slice(12)}!`), chunked('')]));
      },
      { headers: [['authorization', secret]] },
      { redactor },
    );
    expect(JSON.stringify(recorded)).not.toContain('correct-horse');
    expect(bodyOf(recorded)).toBe(`token ${'*'.repeat('correct-horse-battery'.length)}!`);
    expect(recorded.request.headers).toEqual([['authorization', REDACTED]]);
  });

  it('leave URLs', () => {
    const redactor = createRedactor([['X-Key', 'abcdefgh']]);
    expect(redactor.url('http://user:pass@host/p?k=abcdefgh')).toBe('http://REDACTED@host/p?k=REDACTED');
  });
});
