/** Runs a handler on a free port of the loopback interface, for one test. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStreamHandler, type StreamHandler } from '../handler.js';
import { answerClientError } from '../node-adapter.js';
import type { StreamHandlerOptions } from '../stream-server.js';
import type { Chunk, Outcome, Produce } from '../types.js';

export interface Served {
  readonly url: URL;
  readonly handler: StreamHandler;
  readonly server: Server;
  /** The URL with these query parameters. */
  at(parameters: Readonly<Record<string, string | number>>): URL;
  stop(): Promise<void>;
}

export const FAST = { heartbeatInterval: 0.2, silenceThreshold: 0.6, maxSeconds: 30 };

export async function serve(options: StreamHandlerOptions): Promise<Served> {
  const handler = createStreamHandler({ ...FAST, ...options });
  const server = createServer(handler.listener);
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${portOf(server)}/stream/search?query=tides`);
  return {
    url,
    handler,
    server,
    at: (parameters) => {
      const there = new URL(url);
      for (const [name, value] of Object.entries(parameters)) there.searchParams.set(name, String(value));
      return there;
    },
    stop: async () => {
      await handler.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

export const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
};

/** A generator that a test drives: what is pushed comes out, and it ends when told. */
export class Script {
  starts = 0;
  signal: AbortSignal | undefined;
  traceId = '';
  readonly #steps: ({ readonly chunk: Chunk } | { readonly outcome: Outcome } | { readonly error: unknown })[] = [];
  #wake: () => void = () => undefined;

  push(...chunks: Chunk[]): this {
    this.#steps.push(...chunks.map((chunk) => ({ chunk })));
    this.#wake();
    return this;
  }

  finish(outcome: Outcome = {}): this {
    this.#steps.push({ outcome });
    this.#wake();
    return this;
  }

  fail(error: unknown): this {
    this.#steps.push({ error });
    this.#wake();
    return this;
  }

  readonly produce: Produce = (_request, { signal, traceId }) => {
    this.starts += 1;
    this.signal = signal;
    this.traceId = traceId;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    return this.#play(signal);
  };

  async *#play(signal: AbortSignal): AsyncGenerator<Chunk, Outcome | undefined> {
    while (!signal.aborted) {
      const step = this.#steps.shift();
      if (!step) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ('chunk' in step) {
        yield step.chunk;
      } else if ('error' in step) {
        throw step.error;
      } else {
        return step.outcome;
      }
    }
    return undefined;
  }
}
