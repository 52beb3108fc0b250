/** Servers that mean harm, for the test that a run survives them: each answers every request in its own way. */
import http2 from 'node:http2';
import net from 'node:net';
import { deflateRawSync, gzipSync } from 'node:zlib';

export interface HostileServer {
  readonly name: string;
  /** Default `http`. */
  readonly scheme?: 'http' | 'https';
  /** Further arguments of `conformance run`. */
  readonly args?: readonly string[];
  /** Default: a server that calls `answer` for every request. */
  readonly create?: () => net.Server;
  readonly answer?: (socket: net.Socket, url: string) => void;
  /** Exit codes to expect; default 1, a verdict. */
  readonly codes?: readonly number[];
}

const SSE = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const EVENT = 'event: content_chunk\nid: 1\ndata: {"content":"a","trace_id":"t"}\n\n';

/** Writes the same bytes for as long as somebody takes them. */
function forever(socket: net.Socket, head: string, bytes: Buffer): void {
  socket.write(head);
  const more = (): void => {
    if (!socket.destroyed) socket.write(bytes, (error) => error ?? more());
  };
  more();
}

/** Writes one of these texts after the other, endlessly, one in so many milliseconds. */
function drip(socket: net.Socket, head: string, text: () => string, everyMs: number): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(text()), everyMs);
  socket.on('close', () => clearInterval(timer));
}

const MEGABYTE = 1024 * 1024;
const BOMB = gzipSync(Buffer.alloc(200 * MEGABYTE, 'data: x\n'));
const NOISE = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919) % 251));

function http2Server(misbehave: (session: http2.ServerHttp2Session) => void): () => net.Server {
  return () => {
    const server = http2.createServer();
    server.on('session', (session) => {
      session.on('error', () => undefined);
      misbehave(session);
    });
    server.on('stream', (stream) => stream.on('error', () => undefined));
    return server;
  };
}

export const hostileServers: readonly HostileServer[] = [
  {
    name: 'endless headers',
    answer: (socket) => forever(socket, 'HTTP/1.1 200 OK\r\n', Buffer.from('A: b\r\n'.repeat(9999))),
  },
  {
    name: 'a header at one byte a second',
    answer: (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX: ', () => 'a', 1000),
  },
  { name: 'an endless line', answer: (socket) => forever(socket, `${SSE}\r\ndata: `, Buffer.alloc(65_536, 'x')) },
  {
    name: 'an endless event',
    answer: (socket) => forever(socket, `${SSE}\r\n`, Buffer.from('data: x\n'.repeat(8192))),
  },
  { name: 'a flood of events', answer: (socket) => forever(socket, `${SSE}\r\n`, Buffer.from(EVENT.repeat(1000))) },
  {
    name: 'a flood of tiny events',
    answer: (socket) => forever(socket, `${SSE}\r\n`, Buffer.from('data:\n\n'.repeat(9000))),
  },
  { name: 'a flood of noise', answer: (socket) => forever(socket, `${SSE}\r\n`, NOISE) },
  {
    name: 'invalid UTF-8',
    answer: (socket) =>
      socket.end(
        Buffer.concat([Buffer.from(`${SSE}\r\ndata: `), Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x0a, 0x0a])]),
      ),
  },
  {
    name: 'a gzip bomb',
    answer: (socket) => socket.end(Buffer.concat([Buffer.from(`${SSE}Content-Encoding: gzip\r\n\r\n`), BOMB])),
  },
  {
    name: 'garbage for deflate',
    answer: (socket) =>
      socket.end(
        Buffer.concat([
          Buffer.from(`${SSE}Content-Encoding: deflate\r\n\r\n`),
          deflateRawSync(EVENT).subarray(0, 9),
          NOISE,
        ]),
      ),
  },
  {
    name: 'a redirect to itself',
    answer: (socket, url) => socket.write(`HTTP/1.1 302 Found\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`),
  },
  {
    name: 'redirects that grow',
    answer: (socket, url) =>
      socket.write(`HTTP/1.1 307 T\r\nLocation: ${url}${'a'.repeat(2000)}\r\nContent-Length: 0\r\n\r\n`),
  },
  {
    name: 'a Content-Length too long',
    answer: (socket) => socket.end(`${SSE}Content-Length: 99999999999\r\n\r\n${EVENT}`),
  },
  { name: 'a Content-Length too short', answer: (socket) => socket.write(`${SSE}Content-Length: 7\r\n\r\n${EVENT}`) },
  {
    name: 'a Content-Length that is no number',
    answer: (socket) => socket.write(`${SSE}Content-Length: -1\r\n\r\n${EVENT}`),
  },
  { name: 'a reset before the head', answer: (socket) => socket.resetAndDestroy() },
  { name: 'a reset in the head', answer: (socket) => socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy()) },
  {
    name: 'a reset in an event',
    answer: (socket) =>
      socket.write(`${SSE}\r\n${EVENT}data: {"co`, () => setTimeout(() => socket.resetAndDestroy(), 5)),
  },
  {
    name: 'HTTP/1.0',
    answer: (socket) => socket.end(`HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${EVENT}`),
  },
  { name: 'no HTTP', answer: (socket) => socket.end('\0\x01\x02 not a protocol\r\n\r\n') },
  {
    name: 'a flood of interim answers',
    answer: (socket) => forever(socket, '', Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(999))),
  },
  { name: 'a stream of single bytes', answer: (socket) => drip(socket, `${SSE}\r\n`, () => 'd', 1) },
  { name: 'a stream without an end', answer: (socket) => drip(socket, `${SSE}\r\n`, () => EVENT, 20) },
  {
    name: 'caps without measure',
    answer: (socket) =>
      drip(socket, `${SSE}X-Stream-Max-Seconds: 86400\r\nX-Heartbeat-Interval: 0.05\r\n\r\n`, () => EVENT, 50),
  },
  {
    name: 'ids without measure',
    answer: (socket) =>
      socket.end(
        `${SSE}\r\n${Array.from({ length: 50 }, (_, index) => `id: ${'9'.repeat(index * 99)}\ndata: {}\n\n`).join('')}`,
      ),
  },
  {
    name: 'JSON as deep as the sea',
    answer: (socket) => socket.end(`${SSE}\r\nevent: content_chunk\nid: 1\ndata: ${'['.repeat(100_000)}\n\n`),
  },
  { name: 'silence', answer: () => undefined },
  { name: 'a TLS handshake that stalls', scheme: 'https', create: () => net.createServer() },
  {
    name: 'TLS that is none',
    scheme: 'https',
    create: () => net.createServer((socket) => socket.end('HTTP/1.1 400 B\r\n\r\n')),
    codes: [1, 4],
  },
  {
    name: 'GOAWAY again and again',
    args: ['--http2'],
    create: http2Server((session) => session.goaway(0, 0)),
    codes: [1, 4],
  },
  {
    name: 'HTTP/2 pings and settings without an answer',
    args: ['--http2'],
    create: http2Server((session) => {
      const timer = setInterval(() => {
        if (session.destroyed) clearInterval(timer);
        else session.settings({ initialWindowSize: 65_535 });
      }, 1);
    }),
    codes: [1, 4],
  },
  {
    name: 'HTTP/2 streams that are reset',
    args: ['--http2'],
    create: () => {
      const server = http2.createServer();
      server.on('session', (session) => session.on('error', () => undefined));
      server.on('stream', (stream) => {
        stream.on('error', () => undefined);
        stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      });
      return server;
    },
    codes: [1, 4],
  },
];
