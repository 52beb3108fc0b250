/** Servers, proxies and readers for the tests of the fault proxy. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Faults } from '../../../schemas/1.0/types/faults.js';
import { createFaultProxy, type FaultProxy, type ProxyEvent } from '../proxy.js';

export const EVENT = 'data: e\n\n';

export async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server.address());
}

/** A server that hands out its sockets. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return portOf(server.address());
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function through(port: number, profile: Faults, events: ProxyEvent[] = []): Promise<FaultProxy> {
  const onEvent = (event: ProxyEvent): void => void events.push(event);
  const proxy = await createFaultProxy({ upstream: { host: '127.0.0.1', port }, profile, onEvent });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** All that comes, until the connection ends, as text, with the error that ended it. */
export async function read(
  { port }: FaultProxy,
  text = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
): Promise<{ raw: string; error: string }> {
  const socket = connect(port, '127.0.0.1');
  let raw = '';
  let error = '';
  socket.on('data', (bytes) => {
    raw += bytes.toString('latin1');
  });
  socket.on('error', (fault: NodeJS.ErrnoException) => {
    error = fault.code ?? '';
  });
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return { raw, error };
}

/** An event stream without an end, that sends these blocks. */
export const stream =
  (...blocks: readonly string[]): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const block of blocks) response.write(block);
  };

/** A connection that was opened by hand, and closed when the test is over. */
export function open({ port }: FaultProxy): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}
