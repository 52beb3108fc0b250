/** The TCP socket below a TLS one: a reset is said there. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Sockets that carry TLS, while they are open, by their ends. */
const transports = new Map<string, Socket>();

/** To be told of every socket of a TLS server before TLS begins. */
export function keepTransport(socket: Socket): void {
  const ends = endsOf(socket);
  transports.set(ends, socket);
  socket.once('close', () => transports.delete(ends));
}

/** Resets a connection, whatever it carries. */
export function reset(socket: Socket): void {
  if (!(socket instanceof TLSSocket)) {
    socket.resetAndDestroy();
    return;
  }
  // A TLS socket would say goodbye first.
  transports.get(endsOf(socket))?.resetAndDestroy();
  socket.destroy();
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
