/** Targets that do nothing that the protocol asks for: none of them may pass a requirement. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';

export interface NullTarget {
  readonly name: string;
  /** Requirements about what it does send. */
  readonly mayPass: readonly RequirementId<'server'>[];
  /** Not listening yet. */
  readonly create: () => Server;
}

const answering =
  (listener: RequestListener): (() => Server) =>
  () =>
    createHttpServer(listener);

const always = (status: number, type: string, body: string): (() => Server) =>
  answering((_request, response) => {
    response.writeHead(status, { 'Content-Type': type, ...(status === 503 && { 'Retry-After': '1' }) }).end(body);
  });

/** For each connection, once something was asked. */
const onAsked =
  (answer: (socket: Socket) => void): (() => Server) =>
  () =>
    createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });

/** Writes for ever, as fast as it is read. */
function pour(socket: Socket, text: string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', write);
  write();
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const ALL_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  'X-Trace-ID': 'null',
  'X-Stream-ID': 'null',
  'X-Stream-Max-Seconds': '1.5',
  'X-Heartbeat-Interval': '0.2',
  'X-Silence-Threshold': '0.6',
  'X-Stream-Protocol': '1.0',
};
const PROBLEM = 'application/problem+json';

/** Header fields that an empty event stream did send. */
const EMPTY_STREAM: readonly RequirementId<'server'>[] = ['HTTP-002'];
const FULL_HEAD: readonly RequirementId<'server'>[] = ['HTTP-002', 'HTTP-003', 'HTTP-004', 'HTTP-005'];

export const nulls: readonly NullTarget[] = [
  { name: 'empty-object', mayPass: [], create: always(200, 'application/json', '{}') },
  { name: 'empty-object-as-stream', mayPass: EMPTY_STREAM, create: always(200, 'text/event-stream', '{}') },
  { name: 'empty-stream', mayPass: EMPTY_STREAM, create: always(200, 'text/event-stream', '') },
  {
    name: 'empty-stream-with-every-header',
    mayPass: FULL_HEAD,
    create: answering((_request, response) => response.writeHead(200, ALL_HEADERS).end()),
  },
  {
    name: 'open-stream-without-events',
    mayPass: FULL_HEAD,
    create: answering((_request, response) => response.writeHead(200, ALL_HEADERS).flushHeaders()),
  },
  { name: 'comments-alone', mayPass: EMPTY_STREAM, create: always(200, 'text/event-stream', ': here\n\n: still\n\n') },
  { name: 'page', mayPass: [], create: always(200, 'text/html', '<!doctype html><title>Hello</title>') },
  { name: 'nothing', mayPass: [], create: always(204, 'text/plain', '') },
  { name: 'not-found', mayPass: [], create: always(404, PROBLEM, '{"title":"Not Found","status":404}') },
  { name: 'bad-request', mayPass: [], create: always(400, PROBLEM, '{"title":"Bad Request","status":400}') },
  { name: 'not-allowed', mayPass: [], create: always(405, PROBLEM, '{"title":"Method Not Allowed","status":405}') },
  { name: 'unauthorized', mayPass: [], create: always(401, PROBLEM, '{"title":"Unauthorized","status":401}') },
  { name: 'not-acceptable', mayPass: [], create: always(406, PROBLEM, '{"title":"Not Acceptable","status":406}') },
  { name: 'broken', mayPass: [], create: always(500, 'text/plain', 'oops') },
  { name: 'unavailable', mayPass: [], create: always(503, PROBLEM, '{"title":"Unavailable","status":503}') },
  {
    name: 'redirect-loop',
    mayPass: [],
    create: answering((request, response) => response.writeHead(307, { Location: request.url ?? '/' }).end()),
  },
  { name: 'never-answers', mayPass: [], create: onAsked(() => undefined) },
  {
    name: 'closes-at-once',
    mayPass: [],
    create: () => createNetServer((socket) => socket.on('error', () => undefined).destroy()),
  },
  { name: 'closes-when-asked', mayPass: [], create: onAsked((socket) => socket.destroy()) },
  { name: 'no-http', mayPass: [], create: onAsked((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')) },
  {
    name: 'endless-header',
    mayPass: [],
    create: onAsked((socket) => pour(socket, `${HEAD}X-A: ${'a'.repeat(1000)}\r\n`)),
  },
  {
    name: 'endless-line',
    mayPass: EMPTY_STREAM,
    create: onAsked((socket) => {
      socket.write(`${HEAD}\r\ndata: `);
      pour(socket, 'a'.repeat(16_384));
    }),
  },
  {
    name: 'interim-answers',
    mayPass: [],
    create: onAsked((socket) => pour(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n')),
  },
];
