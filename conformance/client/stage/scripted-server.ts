/** The kit's scripted server: one port, on which every scenario is a path. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { KitError } from '../../kit-error.js';
import type { ClientScenario } from '../scenarios/scenario.js';
import type { Certificate } from './certificate.js';
import { HANDSHAKE_MS, HEAD_BYTES, SOCKETS } from './limits.js';
import { Play, type PlayOptions } from './play.js';
import { keepTransport } from './transports.js';

export interface ServerAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** With it everything is played over TLS. */
  readonly certificate?: Certificate;
}

export class ScriptedServer {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly #server: Server | SecureServer;
  readonly #plays = new Map<string, Play>();
  /** Text that `/` answers with. */
  index = '';

  private constructor(server: Server | SecureServer, { address, port, family }: AddressInfo, isSecure: boolean) {
    this.#server = server;
    this.origin = `${isSecure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    server.on('request', (request) => this.#route(request));
  }

  /** Throws `KitError` (`usage`) where it cannot listen there. */
  static async listen({ host, port, certificate }: ServerAddress): Promise<ScriptedServer> {
    const options = { maxHeaderSize: HEAD_BYTES, requestTimeout: 0, headersTimeout: HANDSHAKE_MS, noDelay: true };
    const server =
      certificate === undefined
        ? createServer(options)
        : createSecureServer({ ...options, ...certificate, handshakeTimeout: HANDSHAKE_MS });
    if (certificate !== undefined) server.on('connection', keepTransport);
    server.maxConnections = SOCKETS;
    // What is no HTTP gets no answer and is nobody's request.
    server.on('clientError', (_error: Error, socket: Duplex) => socket.destroy());
    server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new KitError('usage', `cannot listen on ${host}, port ${port}: ${cause.message}`, { cause }));
      });
      server.listen(port, host, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') {
      throw new KitError('kit', 'expected the scripted server to have a port, got none');
    }
    return new ScriptedServer(server, address, certificate !== undefined);
  }

  /** Plays a scenario from now on, in place of an earlier play of that name. */
  stage(scenario: ClientScenario, options: Omit<PlayOptions, 'scenario' | 'streamId'>): { play: Play; url: string } {
    const streamId = scenario.namesStream === false ? undefined : randomBytes(16).toString('base64url');
    const play = new Play({ scenario, streamId, ...options });
    this.#plays.set(scenario.name, play);
    const query = streamId === undefined ? '' : `?stream_id=${streamId}`;
    return { play, url: `${this.origin}/${scenario.name}/stream${query}` };
  }

  async close(): Promise<void> {
    for (const play of this.#plays.values()) {
      play.close();
    }
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  #route(request: IncomingMessage): void {
    const target = request.url ?? '';
    const url = URL.canParse(target, this.origin) ? new URL(target, this.origin) : undefined;
    const name = /^\/([a-z0-9-]{1,64})\/stream$/.exec(url?.pathname ?? '')?.[1];
    const play = name === undefined ? undefined : this.#plays.get(name);
    if (play !== undefined && url !== undefined) {
      void play.accept(request, url);
      return;
    }
    const isIndex = url?.pathname === '/';
    const body = isIndex ? this.index : 'no scenario of that name is played now\n';
    const type = isIndex ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
    const length = Buffer.byteLength(body);
    const status = isIndex ? '200 OK' : '404 Not Found';
    request.on('error', () => undefined).resume();
    request.socket.on('error', () => undefined);
    request.socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
}
