/** The reference server as a team mounts it: in node:http, in HTTP/2, or as a WHATWG `fetch` handler. */
import { answerFetch, type FetchAnswerer } from './fetch-adapter.js';
import type { IncomingRequest } from './incoming.js';
import type { ServerMetrics } from './metrics.js';
import { answerNode, type NodeListener } from './node-adapter.js';
import type { Answer } from './outlet.js';
import { type StreamHandlerOptions, StreamServer } from './stream-server.js';

export interface StreamHandler {
  /** For `http.createServer`, `http2.createServer` and their secure kin. */
  readonly listener: NodeListener;
  /** For everything that speaks WHATWG `Request` and `Response`. */
  readonly fetch: FetchAnswerer;
  readonly metrics: ServerMetrics;
  /**
   * Refuses new streams, tells every connection to come back and closes it, gives running generations `graceMs` to end,
   * then ends them in band. The store is left open.
   */
  close(graceMs?: number): Promise<void>;
}

/** Builds a handler. Throws a `ConfigurationError`. */
export function createStreamHandler(options: StreamHandlerOptions): StreamHandler {
  const server = new StreamServer(options);
  const answer = (request: IncomingRequest): Promise<Answer> => server.answer(request);
  return {
    listener: answerNode(answer),
    fetch: answerFetch(answer),
    metrics: server.engine.metrics,
    close: (graceMs) => server.close(graceMs ?? 0),
  };
}
