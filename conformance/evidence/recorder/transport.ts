/** Opens the sockets of a run and lets its exchanges share those that are kept alive. */
import http from 'node:http';
import https from 'node:https';
import type { Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import { startHttp1Exchange } from './exchange-http1.js';
import type { RecorderLimits } from './limits.js';

/** What recorders need of a transport. */
export interface Transport {
  start(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange;
  /** Lets go of idle sockets. */
  close(): void;
}

/** Idle sockets kept for the next request; more would be a burden on the target. */
const IDLE_SOCKETS = 8;

/** Kept alive, as browsers ask for it: an answer then ends by its framing, not by the socket. */
const OPTIONS: http.AgentOptions = { keepAlive: true, maxFreeSockets: IDLE_SOCKETS };

export class Http1Transport implements Transport {
  readonly #http = new http.Agent(OPTIONS);
  readonly #https = new https.Agent(OPTIONS);

  start(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange {
    const sockets =
      request.url.protocol === 'https:'
        ? { shared: this.#https, own: () => new https.Agent(OPTIONS) }
        : { shared: this.#http, own: () => new http.Agent(OPTIONS) };
    return startHttp1Exchange(request, sink, limits, sockets);
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
