/** A TCP server for tests that answers with the very bytes a test gives it. */
import { once } from 'node:events';
import net from 'node:net';

export interface RawServer {
  readonly url: URL;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** What clients sent so far, as latin-1. */
  readonly received: () => string;
  close(): Promise<void>;
}

/** `answer` is called once a request head has arrived on a socket, again for each further one. */
export async function startRawServer(answer: (socket: net.Socket, request: string) => void): Promise<RawServer> {
  const sockets = new Set<net.Socket>();
  let received = '';
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let head = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      head += bytes.toString('latin1');
      for (let end = head.indexOf('\r\n\r\n'); end !== -1; end = head.indexOf('\r\n\r\n')) {
        const request = head.slice(0, end);
        head = head.slice(end + 4);
        answer(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('no port');
  }
  return {
    url: new URL(`http://127.0.0.1:${address.port}/stream`),
    accepted: () => accepted,
    received: () => received,
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

export const SSE_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

/** One chunk of the chunked coding. */
export function chunked(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
