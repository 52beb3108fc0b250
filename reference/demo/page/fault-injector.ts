/** A bad network on demand: a `fetch` whose answers this page can slow down, stall, cut or take away. */

export type NetworkFault = 'offline' | 'slow-3g';
export type ConnectionFault = 'stall' | 'cut';

/** What the panel for developers is told. */
export interface InjectorListener {
  request(line: string): void;
  fault(line: string): void;
}

/** Slow 3G of the resilience test report: 100 kbit/s, 150 ms and a fifth of jitter. */
const SLOW_BYTES_PER_MS = 100 / 8;
const SLOW_LATENCY_MS = 150;
const SLOW_JITTER = 0.2;

/** One body under way. */
interface Body {
  stalled: boolean;
  fail(message: string): void;
}

export class FaultInjector {
  readonly #active = new Set<NetworkFault>();
  readonly #bodies = new Set<Body>();
  readonly #listener: InjectorListener;
  readonly #fetch: typeof fetch;

  constructor(listener: InjectorListener, realFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)) {
    this.#listener = listener;
    this.#fetch = realFetch;
  }

  /** Turns a condition of the network on or off. Going online again wakes pages up, as in a browser. */
  set(fault: NetworkFault, on: boolean): void {
    this.#listener.fault(`${fault} ${on ? 'on' : 'off'}`);
    if (on) {
      this.#active.add(fault);
    } else {
      this.#active.delete(fault);
    }
    if (fault === 'offline') {
      if (on) {
        this.#failAll('the network is gone');
      }
      globalThis.dispatchEvent?.(new Event(on ? 'offline' : 'online'));
    }
  }

  /** Hits the connections that are open now, and no later one. */
  hit(fault: ConnectionFault): void {
    this.#listener.fault(`${fault}: ${this.#bodies.size} connection(s)`);
    if (fault === 'cut') {
      this.#failAll('the connection was cut');
    }
    for (const body of this.#bodies) {
      body.stalled = true;
    }
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input), globalThis.location?.href);
    const cursor = new Headers(init?.headers).get('Last-Event-ID');
    const asked = `${init?.method ?? 'GET'} ${pathname}${cursor === null ? '' : ` from id ${cursor}`}`;
    if (this.#active.has('offline')) {
      this.#listener.request(`${asked}: the network is gone`);
      throw new TypeError('the network is gone');
    }
    await this.#delay(0, init?.signal);
    const answer = await this.#fetch(input, init);
    this.#listener.request(`${asked}: ${answer.status}`);
    return answer.body === null ? answer : new Response(this.#pass(answer.body, init?.signal), answer);
  };

  #pass(source: ReadableStream<Uint8Array>, signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> {
    const reader = source.getReader();
    const body: Body = { stalled: false, fail: () => undefined };
    const forget = () => this.#bodies.delete(body);
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        body.fail = (message) => {
          forget();
          controller.error(new TypeError(message));
          reader.cancel().catch(() => undefined);
        };
        this.#bodies.add(body);
        signal?.addEventListener('abort', () => body.fail('closed'), { once: true });
      },
      pull: async (controller) => {
        const { done, value } = await reader.read();
        await this.#delay(value?.length ?? 0, signal);
        if (body.stalled) {
          // Nothing comes any more, and nobody says so: the promise stays open until the body is aborted.
          await new Promise(() => undefined);
        } else if (done) {
          forget();
          controller.close();
        } else if (this.#bodies.has(body)) {
          controller.enqueue(value);
        }
      },
      cancel: () => {
        forget();
        return reader.cancel();
      },
    });
  }

  /** What the bytes take on a slow network. */
  #delay(bytes: number, signal: AbortSignal | null | undefined): Promise<void> {
    if (!this.#active.has('slow-3g') || signal?.aborted) {
      return Promise.resolve();
    }
    const latencyMs = SLOW_LATENCY_MS * (1 + SLOW_JITTER * (2 * Math.random() - 1));
    return new Promise((resolve) => setTimeout(resolve, latencyMs + bytes / SLOW_BYTES_PER_MS));
  }

  #failAll(message: string): void {
    for (const body of [...this.#bodies]) {
      body.fail(message);
    }
  }
}
