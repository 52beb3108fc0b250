/** Opens sockets the way the user asked for: to another address, through a proxy's tunnel, with certificates. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { addressOfHost, type ConnectOptions, hostOf, portOf, proxyAuthorization, proxyOf } from './connect.js';

/** Idle sockets kept for the next request; more would be a burden on the target. */
const IDLE_SOCKETS = 8;

/** Kept alive, as browsers ask for it: an answer then ends by its framing, not by the socket. */
const AGENT: http.AgentOptions = { keepAlive: true, maxFreeSockets: IDLE_SOCKETS };

/** A tunnel or a handshake that takes longer is given up, milliseconds. */
const OPENING_MS = 10_000;

type Opened = (error: Error | null, socket: Duplex) => void;

/** All sockets of a run that are not an agent's. */
export class SocketOpener {
  readonly #connect: ConnectOptions;
  readonly #opening = new Set<net.Socket>();

  constructor(connect: ConnectOptions) {
    this.#connect = connect;
  }

  /** A socket to the host of a URL, over TLS for `https:` with these protocols offered. Rejects with what went wrong. */
  async open(url: URL, protocols: readonly string[]): Promise<net.Socket> {
    const proxy = proxyOf(url, this.#connect);
    const plain = proxy === undefined ? this.#direct(url) : await this.#tunnel(url, proxy);
    if (url.protocol !== 'https:') {
      return plain.connecting ? this.#until(plain, 'connect') : plain;
    }
    const host = hostOf(url);
    const secure = tls.connect({
      ...tlsOptions(this.#connect),
      socket: plain,
      host,
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: [...protocols],
    });
    plain.on('error', (error) => secure.destroy(error));
    return this.#until(secure, 'secureConnect');
  }

  /** Gives up what is still being opened. */
  close(): void {
    for (const socket of this.#opening) {
      socket.destroy();
    }
  }

  #direct(url: URL): net.Socket {
    const { socketPath } = this.#connect;
    const [host, port] = [hostOf(url), portOf(url)];
    return socketPath === undefined
      ? net.connect({ host: addressOfHost(host, port, this.#connect), port })
      : net.connect({ path: socketPath });
  }

  async #tunnel(url: URL, proxy: URL): Promise<net.Socket> {
    const authorization = proxyAuthorization(proxy);
    const target = `${url.hostname}:${portOf(url)}`;
    const request = (proxy.protocol === 'https:' ? https : http).request({
      ...(proxy.protocol === 'https:' ? tlsOptions(this.#connect) : {}),
      host: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: target,
      agent: false,
      timeout: OPENING_MS,
      headers: { Host: target, ...(authorization === undefined ? {} : { 'Proxy-Authorization': authorization }) },
    });
    return new Promise((resolve, reject) => {
      request.on('socket', (socket) => this.#keep(socket));
      request.on('connect', (answer, socket, head) => {
        if (answer.statusCode !== 200 || !(socket instanceof net.Socket)) {
          socket.destroy();
          reject(fault('ECONNREFUSED', `the proxy answered ${answer.statusCode ?? 0} to CONNECT`));
          return;
        }
        socket.unshift(head);
        resolve(socket);
      });
      request.on('response', (answer) => {
        request.destroy();
        reject(fault('ECONNREFUSED', `the proxy answered ${answer.statusCode ?? 0} to CONNECT`));
      });
      request.on('timeout', () => request.destroy(fault('ETIMEDOUT', 'the proxy gave no answer to CONNECT')));
      request.on('error', reject);
      request.end();
    });
  }

  #keep(socket: net.Socket): void {
    this.#opening.add(socket);
    socket.once('close', () => this.#opening.delete(socket));
  }

  #until(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<net.Socket> {
    this.#keep(socket);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => socket.destroy(fault('ETIMEDOUT', 'no connection in time')), OPENING_MS);
      const settle = (error?: Error): void => {
        clearTimeout(late);
        this.#opening.delete(socket);
        if (error === undefined) {
          socket.off('error', settle);
          resolve(socket);
        } else {
          reject(error);
        }
      };
      socket.once('error', settle);
      socket.once('close', () => settle(fault('ECONNRESET', 'closed before the connection was made')));
      socket.once(event, () => settle());
    });
  }
}

/** With the code that the system gives such a fault. */
function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Options of TLS towards the target or a proxy. */
function tlsOptions({ ca, certificate, key, insecure }: ConnectOptions): tls.SecureContextOptions & {
  rejectUnauthorized?: boolean;
} {
  return {
    ...(ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(insecure === true ? { rejectUnauthorized: false } : {}),
  };
}

/** For `http:`; a proxy is addressed by the request itself. */
export class PlainAgent extends http.Agent {
  readonly #connect: ConnectOptions;

  constructor(connect: ConnectOptions) {
    super(AGENT);
    this.#connect = connect;
  }

  override createConnection(options: http.ClientRequestArgs, callback?: Opened): Duplex | null | undefined {
    return super.createConnection(elsewhere(options, this.#connect), callback);
  }
}

/** For `https:`. */
export class SecureAgent extends https.Agent {
  readonly #connect: ConnectOptions;
  readonly #opener: SocketOpener;

  constructor(connect: ConnectOptions, opener: SocketOpener) {
    super({ ...AGENT, ...tlsOptions(connect) });
    this.#connect = connect;
    this.#opener = opener;
  }

  override createConnection(options: https.RequestOptions, callback?: Opened): Duplex | null | undefined {
    const url = new URL('https://host/');
    url.host = `${String(options.host).includes(':') ? `[${options.host}]` : options.host}:${options.port ?? 443}`;
    if (proxyOf(url, this.#connect) === undefined) {
      return super.createConnection(elsewhere(options, this.#connect), callback);
    }
    this.#opener.open(url, ['http/1.1']).then(
      (socket) => callback?.(null, socket),
      (error) => failWith(callback, error),
    );
    return undefined;
  }
}

/** Node's types want a socket where there is none: a destroyed one says the same. */
function failWith(callback: Opened | undefined, error: unknown): void {
  callback?.(error instanceof Error ? error : new Error(String(error)), new net.Socket().destroy());
}

function elsewhere<O extends http.ClientRequestArgs>(options: O, connect: ConnectOptions): O {
  const host = options.host ?? undefined;
  if (host === undefined || connect.socketPath !== undefined) {
    return options;
  }
  return { ...options, host: addressOfHost(host, Number(options.port), connect) };
}
