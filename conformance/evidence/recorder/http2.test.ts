import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectOptions } from './connect.js';
import type { Recorder } from './recorder.js';
import { makeCertificate } from './testing/certificates.js';
import { bodyOf, get, recorderOf } from './testing/recording.js';
import { HttpTransport } from './transport.js';

const certificate = makeCertificate();
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const sockets = new Set<net.Socket>();
function cutAll(): void {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

async function listen(server: net.Server, scheme: string): Promise<URL> {
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    cutAll();
    server.close();
  });
  const address = server.address();
  return new URL(`${scheme}://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/stream`);
}

function recorderWith(connect: ConnectOptions): Recorder {
  const transport = new HttpTransport(connect);
  closers.push(() => transport.close());
  return recorderOf({ transport });
}

const stream: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void = (answer, headers) => {
  const head = { ':status': 200, 'content-type': 'text/event-stream', 'x-path': headers[':path'] };
  switch (headers[':path']) {
    case '/reset':
      answer.on('error', () => undefined);
      answer.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      break;
    case '/cut':
      answer.respond(head);
      answer.write('data: 1\n\n');
      setTimeout(cutAll, 20);
      break;
    case '/gzip':
      answer.respond({ ...head, 'content-encoding': 'gzip' });
      answer.end(gzipSync('data: 1\n\n'));
      break;
    case '/open':
      answer.respond(head);
      answer.write('data: 1\n\n');
      break;
    case '/flood': {
      answer.respond(head);
      const more = (): void => {
        if (!answer.destroyed) answer.write(Buffer.alloc(65_536, 'x'), more);
      };
      more();
      break;
    }
    default:
      answer.respond(head);
      answer.end('data: 1\n\n');
  }
};

describe('HTTP/2', () => {
  it('is recorded over TLS where the target chooses it, HTTP/1.1 where it does not', async () => {
    const modern = http2.createSecureServer({ ...certificate, allowHTTP1: true }, (request, answer) => {
      answer.end(`data: ${request.httpVersion}\n\n`);
    });
    const old = https.createServer(certificate, (request, answer) => {
      answer.end(`data: ${request.httpVersion}\n\n`);
    });
    const recorder = recorderWith({ ca: certificate.cert });
    await recorder.open(get(await listen(modern, 'https'), { http2: true })).ended;
    await recorder.open(get(await listen(old, 'https'), { http2: true })).ended;
    const [first, second] = recorder.recorded();
    expect(first).toMatchObject({ response: { status: 200, httpVersion: '2.0' }, end: { by: 'target', kind: 'eof' } });
    expect(second).toMatchObject({ response: { status: 200, httpVersion: '1.1' }, end: { by: 'target', kind: 'eof' } });
  });

  it('is spoken by prior knowledge where every request is to use it', async () => {
    const server = http2.createServer();
    server.on('stream', stream);
    const url = await listen(server, 'http');
    const recorder = recorderWith({ http2: true });
    const at = (path: string) => recorder.open(get(new URL(path, url))).ended;
    const open = recorder.open(get(new URL('/open', url)));
    expect(await at('/stream?a=1')).toMatchObject({ by: 'target', kind: 'eof' });
    expect(await at('/gzip')).toMatchObject({ by: 'target', kind: 'eof' });
    expect(await at('/reset')).toMatchObject({ by: 'target', kind: 'reset', detail: 'RST_STREAM with code 2' });
    await open.until(() => true);
    expect(await open.close()).toMatchObject({ by: 'kit', kind: 'closed' });
    expect(await at('/cut')).toMatchObject({ by: 'target', kind: 'truncated' });
    const recorded = recorder.recorded();
    const one = 'data: 1\n\n';
    expect(recorded.map(bodyOf)).toEqual([one, one, one, '', one]);
    expect(recorded[1]?.response?.headers).toContainEqual(['x-path', '/stream?a=1']);
  });

  it('a flood is bounded', async () => {
    const server = http2.createServer();
    server.on('stream', stream);
    const url = await listen(server, 'http');
    const transport = new HttpTransport({ http2: true });
    closers.push(() => transport.close());
    const recorder = recorderOf({ transport, limits: { bodyBytes: 300_000 } });
    expect(await recorder.open(get(new URL('/flood', url))).ended).toMatchObject({ by: 'kit', kind: 'limit' });
  });

  it('going away again and again is an ending', async () => {
    const server = http2.createServer();
    let sessions = 0;
    server.on('session', (session) => {
      sessions += 1;
      session.on('error', () => undefined);
      session.goaway(http2.constants.NGHTTP2_NO_ERROR, 0);
      session.close();
    });
    const recorder = recorderWith({ http2: true });
    const end = await recorder.open(get(await listen(server, 'http'))).ended;
    expect(end.by).toBe('target');
    expect(['reset', 'truncated']).toContain(end.kind);
    expect(sessions).toBeLessThanOrEqual(2);
  });

  it('a target that speaks something else is told', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const end = await recorderWith({ http2: true }).open(get(await listen(server, 'http'))).ended;
    expect(end.by).toBe('target');
  });
});
