/** A small TCP proxy between a client and a server that slows down, stalls, cuts and refuses. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How long bytes take on their way to the client. */
export interface Link {
  readonly bytesPerMs: number;
  readonly latencyMs: number;
  /** Part of the latency by which it varies. */
  readonly jitter: number;
}

export class FaultProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #link: Link | undefined;
  #refusing = 0;
  #lossRate = 0;
  readonly #stalled = new WeakSet<Socket>();
  /** The connection on which an event stream began last; a page fetches other things too. */
  #newest: Socket | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer((client) => proxy.#join(client, targetPort));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const proxy: FaultProxy = new FaultProxy(
      server,
      typeof address === 'object' && address !== null ? address.port : 0,
    );
    return proxy;
  }

  shape(link: Link | undefined): void {
    this.#link = link;
  }

  /** Each read of the server's may be lost, and takes its connection with it, as a link that gives up does. */
  lose(rate: number): void {
    this.#lossRate = rate;
  }

  /** Resets the next connections at once. */
  refuse(count: number): void {
    this.#refusing = count;
  }

  /** Whatever still comes on the connection that is being read is swallowed. Idle ones, kept alive, stay sound. */
  stall(): void {
    if (this.#newest !== undefined) this.#stalled.add(this.#newest);
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, targetPort: number): void {
    client.on('error', () => client.destroy());
    if (this.#refusing > 0) {
      this.#refusing -= 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect(targetPort, '127.0.0.1');
    this.#sockets.add(client);
    server.on('error', () => client.destroy());
    client.on('close', () => {
      this.#sockets.delete(client);
      server.destroy();
    });
    client.pipe(server);
    let freeAtMs = 0;
    let last: Promise<void> = Promise.resolve();
    server.on('data', (bytes: Buffer) => {
      const arrivalMs = this.#arrival(bytes.length, freeAtMs);
      freeAtMs = arrivalMs;
      last = last.then(() => until(arrivalMs)).then(() => this.#deliver(client, bytes));
    });
    server.on('close', () => void last.then(() => this.#stalled.has(client) || client.end()));
  }

  #arrival(length: number, freeAtMs: number): number {
    const nowMs = performance.now();
    if (this.#link === undefined) return nowMs;
    const { bytesPerMs, latencyMs, jitter } = this.#link;
    const delayMs = latencyMs * (1 + jitter * (2 * Math.random() - 1));
    return Math.max(nowMs + delayMs, freeAtMs) + length / bytesPerMs;
  }

  #deliver(client: Socket, bytes: Buffer): void {
    if (this.#stalled.has(client)) return;
    if (Math.random() < this.#lossRate) {
      client.resetAndDestroy();
    } else if (!client.destroyed) {
      if (bytes.includes('text/event-stream')) this.#newest = client;
      client.write(bytes);
    }
  }
}

function until(timeMs: number): Promise<void> {
  const delayMs = timeMs - performance.now();
  return delayMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, delayMs));
}
