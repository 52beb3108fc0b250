/** Opens the sockets of a run and lets its exchanges share those that are kept alive. */
import type http from 'node:http';
import type http2 from 'node:http2';
import { type ConnectOptions, proxyOf } from './connect.js';
import type { Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import { startHttp1Exchange } from './exchange-http1.js';
import { startHttp2Exchange } from './exchange-http2.js';
import { Http2Sessions, NoHttp2 } from './http2-sessions.js';
import type { RecorderLimits } from './limits.js';
import { PlainAgent, SecureAgent, SocketOpener } from './sockets.js';

/** What recorders need of a transport. */
export interface Transport {
  start(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange;
  /** Lets go of idle sockets. */
  close(): void;
}

/** HTTP/1.1, or HTTP/2 where the options or a request ask for it and the target takes it. */
export class HttpTransport implements Transport {
  readonly #connect: ConnectOptions;
  readonly #opener: SocketOpener;
  readonly #sessions: Http2Sessions;
  readonly #http: http.Agent;
  readonly #https: http.Agent;

  constructor(connect: ConnectOptions = {}) {
    this.#connect = connect;
    this.#opener = new SocketOpener(connect);
    this.#sessions = new Http2Sessions(this.#opener, connect);
    this.#http = new PlainAgent(connect);
    this.#https = new SecureAgent(connect, this.#opener);
  }

  start(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange {
    const asksForHttp2 = request.http2 === true && request.url.protocol === 'https:';
    if (this.#connect.http2 === true) {
      return startHttp2Exchange(request, sink, limits, () => this.#lease(request));
    }
    return asksForHttp2 ? this.#negotiate(request, sink, limits) : this.#startHttp1(request, sink, limits);
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
    this.#sessions.close();
    this.#opener.close();
  }

  /** A reader that stops reading must not hold up others. */
  #lease(request: ExchangeRequest): Promise<http2.ClientHttp2Session> {
    return this.#sessions.lease(request.url, request.pauseAfterBytes !== undefined);
  }

  #startHttp1(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange {
    const proxy = request.url.protocol === 'http:' ? proxyOf(request.url, this.#connect) : undefined;
    const route = {
      ...(proxy === undefined ? {} : { proxy }),
      ...(this.#connect.socketPath === undefined ? {} : { socketPath: this.#connect.socketPath }),
    };
    const sockets =
      request.url.protocol === 'https:'
        ? { shared: this.#https, own: () => new SecureAgent(this.#connect, this.#opener), ...route }
        : { shared: this.#http, own: () => new PlainAgent(this.#connect), ...route };
    return startHttp1Exchange(request, sink, limits, sockets);
  }

  /** Offers HTTP/2 by ALPN and takes HTTP/1.1 where the target prefers that. */
  #negotiate(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange {
    let exchange: Exchange | undefined;
    let stopped = false;
    const offering = startHttp2Exchange(
      request,
      {
        ...sink,
        onEnd: (ending) => {
          if (exchange === undefined || exchange === offering) {
            sink.onEnd(ending);
          }
        },
      },
      limits,
      () =>
        this.#lease(request).catch((error: unknown) => {
          if (error instanceof NoHttp2 && !stopped) {
            exchange = this.#startHttp1(request, sink, limits);
          }
          throw error;
        }),
    );
    return {
      stop: (kind, detail) => {
        stopped = true;
        (exchange ?? offering).stop(kind, detail);
      },
      resume: () => (exchange ?? offering).resume(),
    };
  }
}
