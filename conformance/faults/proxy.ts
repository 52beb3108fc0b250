/** The fault proxy: a TCP port in front of a server, behind which the network is as a profile says. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Fault, Faults, LinkShape } from '../../schemas/1.0/types/faults.js';
import { KitError } from '../kit-error.js';
import { type Action, FaultyConnection } from './connection.js';
import type { Break } from './delivery.js';
import { Network } from './network.js';

export interface FaultProxyOptions {
  readonly upstream: { readonly host: string; readonly port: number };
  /** Default: a network without a fault. */
  readonly profile?: Faults;
  /** Where it listens; default a free port of 127.0.0.1. */
  readonly host?: string;
  readonly port?: number;
  readonly onEvent?: (event: ProxyEvent) => void;
}

/** What the proxy tells as it happens. `connection` counts from 1. */
export type ProxyEvent =
  | { readonly kind: 'opened' | 'closed' | 'refused'; readonly connection: number }
  | { readonly kind: 'unreachable'; readonly connection: number; readonly reason: string }
  | {
      readonly kind: 'broken';
      readonly connection: number;
      readonly action: Action;
      /** Delivered to the client before. */
      readonly events: number;
      readonly bytes: number;
    };

/** A running proxy. Its methods change the network at once, for those who play a scenario by hand. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  /** Bytes that wait in the proxy, of all connections. */
  readonly waiting: number;
  /** Gives both directions, or one of them, another speed. */
  shape(links: { readonly down?: LinkShape; readonly up?: LinkShape }): void;
  /** Share of events that are lost from now on. */
  lose(lossRate: number): void;
  /** So many connections are reset as they open. */
  refuse(count: number): void;
  setOffline(isOffline: boolean): void;
  /** Does this to the connection on which an event stream began last; idle ones stay sound. */
  breakStream(action: Action): void;
  /** Does this to all connections. */
  breakAll(action: Action): void;
  /** Resets what is open, and listens no more. */
  close(): Promise<void>;
}

/** Sockets of clients at the same time; more are turned away by the system. */
const CONNECTIONS = 4096;
const BACKLOG = 1024;

/** Throws `KitError` (`usage`) where it cannot listen. */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { host = '127.0.0.1', port = 0, profile = {} } = options;
  const proxy = new RunningProxy(options, new Network(profile));
  await proxy.listen(host, port);
  return proxy;
}

class RunningProxy implements FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #network: Network;
  readonly #server: Server;
  readonly #connections = new Set<FaultyConnection>();
  #newestStream: FaultyConnection | undefined;
  #count = 0;
  host = '';
  port = 0;

  constructor(options: FaultProxyOptions, network: Network) {
    this.#options = options;
    this.#network = network;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => this.#join(client));
    this.#server.maxConnections = CONNECTIONS;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => {
        reject(new KitError('usage', `cannot listen on ${host}, port ${port}: ${cause.message}`, { cause }));
      });
      this.#server.listen({ host, port, backlog: BACKLOG }, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') {
      throw new KitError('kit', 'expected the fault proxy to have a port, got none');
    }
    this.host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    this.port = address.port;
  }

  get open(): number {
    return this.#connections.size;
  }

  get waiting(): number {
    return [...this.#connections].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  shape({ down, up }: { readonly down?: LinkShape; readonly up?: LinkShape }): void {
    this.#network.down = down ?? this.#network.down;
    this.#network.up = up ?? this.#network.up;
  }

  lose(lossRate: number): void {
    this.#network.lossRate = lossRate;
  }

  refuse(count: number): void {
    this.#network.refusals = count;
  }

  setOffline(isOffline: boolean): void {
    this.#network.setOffline(isOffline);
  }

  breakStream(action: Action): void {
    this.#newestStream?.act(action);
  }

  breakAll(action: Action): void {
    for (const connection of this.#connections) connection.act(action);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #join(client: Socket): void {
    this.#count += 1;
    const number = this.#count;
    if (this.#network.refuses()) {
      client.on('error', () => undefined).resetAndDestroy();
      this.#tell({ kind: 'refused', connection: number });
      return;
    }
    const upstream = connect({ ...this.#options.upstream, allowHalfOpen: true });
    upstream.once('error', ({ message: reason }) => {
      if (upstream.connecting || upstream.bytesRead === 0) {
        this.#tell({ kind: 'unreachable', connection: number, reason });
      }
    });
    const connection: FaultyConnection = new FaultyConnection({
      number,
      client,
      upstream,
      network: this.#network,
      onStream: () => {
        this.#newestStream = connection;
      },
      onBreak: (broken) => this.#break(connection, broken),
      onAction: (action, course) => this.#tell({ kind: 'broken', connection: number, action, ...course }),
      onClose: () => {
        this.#connections.delete(connection);
        if (this.#newestStream === connection) this.#newestStream = undefined;
        this.#tell({ kind: 'closed', connection: number });
      },
    });
    this.#connections.add(connection);
    this.#tell({ kind: 'opened', connection: number });
    client.resume();
  }

  #break(connection: FaultyConnection, broken: Break): void {
    if (broken === 'loss') {
      connection.act('reset');
      return;
    }
    this.#network.note(broken);
    for (const hit of this.#hitBy(broken, connection)) hit.act(broken.action, broken.forMs);
  }

  #hitBy({ everywhere = false }: Fault, connection: FaultyConnection): Iterable<FaultyConnection> {
    return everywhere ? new Set(this.#connections) : [connection];
  }

  #tell(event: ProxyEvent): void {
    this.#options.onEvent?.(event);
  }
}
