/** Measures what the fault proxy does to time: its delay, its rate, and what many connections cost. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Faults } from '../../../schemas/1.0/types/faults.js';
import { createFaultProxy, type FaultProxy } from '../proxy.js';

export interface Measured {
  /** As the profile has it. */
  readonly asked: number;
  /** Mean of all. */
  readonly seen: number;
}

/** A server behind a proxy, and sockets to it; all gone when `use` has resolved. */
async function staged<T>(
  profile: Faults,
  onSocket: (socket: Socket) => void,
  use: (proxy: FaultProxy, dial: () => Promise<Socket>) => Promise<T>,
): Promise<T> {
  const sockets: Socket[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.push(socket.on('error', () => undefined).setNoDelay(true));
    return socket;
  };
  const server = createServer((socket) => onSocket(keep(socket)));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy = await createFaultProxy({ upstream: { host: '127.0.0.1', port }, profile });
  try {
    return await use(proxy, async () => {
      const socket = keep(connect(proxy.port, '127.0.0.1'));
      await once(socket, 'connect');
      return socket;
    });
  } finally {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** Milliseconds that a byte takes to the client, mean of so many. */
export async function measureDelay(latencyMs: number, jitterMs: number, samples: number): Promise<Measured> {
  const profile = { seed: 1, down: { latencyMs, jitterMs } };
  return staged(
    profile,
    (socket) => socket.on('data', (bytes) => socket.write(bytes)),
    async (_proxy, dial) => {
      const socket = await dial();
      let sumMs = 0;
      for (let sample = 0; sample < samples; sample += 1) {
        const sentAtMs = performance.now();
        socket.write('x');
        await once(socket, 'data');
        sumMs += performance.now() - sentAtMs;
      }
      return { asked: latencyMs, seen: sumMs / samples };
    },
  );
}

/** Bytes a second of one of several connections that are read at the same time, mean of them all. */
export async function measureRate(bytesPerSecond: number, bytes: number, connections: number): Promise<Measured> {
  const profile = { down: { bytesPerSecond } };
  return staged(
    profile,
    (socket) => socket.end(Buffer.alloc(bytes)),
    async (_proxy, dial) => {
      const rates = await Promise.all(
        Array.from({ length: connections }, async () => {
          const startedMs = performance.now();
          const socket = await dial();
          await once(socket.resume(), 'end');
          return (bytes / (performance.now() - startedMs)) * 1000;
        }),
      );
      return { asked: bytesPerSecond, seen: rates.reduce((sum, rate) => sum + rate, 0) / connections };
    },
  );
}

export interface Crowd {
  readonly open: number;
  /** Bytes that wait in the proxy when every server has sent all that it can. */
  readonly waiting: number;
  /** Milliseconds until every connection has delivered something. */
  readonly firstBytesMs: number;
}

/** So many connections, on each of which a server sends a lot and nothing arrives after the first byte. */
export async function measureCrowd(connections: number): Promise<Crowd> {
  // Several times what the proxy and the system keep of one connection.
  const flood = Buffer.alloc(512 * 1024);
  return staged(
    { faults: [{ action: 'stall', after: { bytes: 1 } }] },
    (socket) => socket.write(flood),
    async (proxy, dial) => {
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: connections }, async () => once(await dial(), 'data')));
      const firstBytesMs = performance.now() - startedMs;
      await settled(() => proxy.waiting);
      return { open: proxy.open, waiting: proxy.waiting, firstBytesMs };
    },
  );
}

/** Resolves when a value has not changed for some turns. */
async function settled(read: () => number): Promise<void> {
  let before = -1;
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    same = read() === before ? same + 1 : 0;
    before = read();
  }
}
