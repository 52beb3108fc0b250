/** The HTTP/2 sessions of a run: shared while they bear more streams, replaced when they go away. */
import http2 from 'node:http2';
import type { ConnectOptions } from './connect.js';
import { revealConnectionField } from './http2-connection-field.js';
import type { SocketOpener } from './sockets.js';

/** Streams on one session; a target may allow fewer. */
const MOST_STREAMS = 64;

/** Frames and memory that a hostile target may cost. */
const SESSION: Omit<http2.SecureClientSessionOptions, 'createConnection'> = {
  settings: { enablePush: false },
  maxSessionMemory: 16,
  maxHeaderListPairs: 256,
  maxSettings: 32,
  maxOutstandingPings: 4,
};

/** TLS was spoken, but the target chose HTTP/1.1. */
export class NoHttp2 extends Error {
  override readonly name = 'NoHttp2';
  readonly code = 'ERR_TLS_ALPN';
}

interface Shared {
  readonly session: http2.ClientHttp2Session;
  readonly streams: () => number;
}

export class Http2Sessions {
  readonly #opener: SocketOpener;
  readonly #connect: ConnectOptions;
  readonly #pools = new Map<string, Promise<Shared>[]>();
  readonly #open = new Set<http2.ClientHttp2Session>();
  #closed = false;

  constructor(opener: SocketOpener, connect: ConnectOptions) {
    this.#opener = opener;
    this.#connect = connect;
  }

  /**
   * A session to the origin of a URL; one of its own with `alone`. Rejects with `NoHttp2` where the target chose
   * HTTP/1.1, else with what went wrong.
   */
  async lease(url: URL, alone: boolean): Promise<http2.ClientHttp2Session> {
    if (alone) {
      return (await this.#start(url)).session;
    }
    const pool = this.#pools.get(url.origin) ?? [];
    this.#pools.set(url.origin, pool);
    for (const shared of [...pool]) {
      const { session, streams } = await shared.catch(() => ({ session: undefined, streams: () => 0 }));
      const most = Math.min(session?.remoteSettings.maxConcurrentStreams ?? MOST_STREAMS, MOST_STREAMS);
      if (session === undefined || session.closed || session.destroyed) {
        pool.splice(pool.indexOf(shared), 1);
      } else if (streams() < most) {
        return session;
      }
    }
    const started = this.#start(url);
    pool.push(started);
    return (await started).session;
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#open) {
      session.destroy();
    }
  }

  async #start(url: URL): Promise<Shared> {
    const socket = await this.#opener.open(url, this.#connect.http2 === true ? ['h2'] : ['h2', 'http/1.1']);
    if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
      socket.destroy();
      throw new NoHttp2('the target chose HTTP/1.1');
    }
    const session = http2.connect(url.origin, { ...SESSION, createConnection: () => revealConnectionField(socket) });
    if (this.#closed) {
      session.destroy();
    }
    this.#open.add(session);
    // What happens to a session happens to its streams, which tell it.
    session.on('error', () => undefined);
    session.on('close', () => {
      this.#open.delete(session);
      socket.destroy();
    });
    let streams = 0;
    const request = session.request.bind(session);
    session.request = (headers, options) => {
      const stream = request(headers, options);
      streams += 1;
      stream.on('close', () => {
        streams -= 1;
      });
      return stream;
    };
    return { session, streams: () => streams };
  }
}
