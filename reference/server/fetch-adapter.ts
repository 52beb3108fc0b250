/** Mounts the handler wherever a WHATWG `Request` comes in and a `Response` goes out. */
import type { IncomingRequest } from './incoming.js';
import type { Answer, Frame, Outlet } from './outlet.js';

/** `remoteAddress` serves the rate limit, where the runtime knows it. */
export type FetchAnswerer = (request: Request, client?: { readonly remoteAddress?: string }) => Promise<Response>;

export function answerFetch(answer: (request: IncomingRequest) => Promise<Answer>): FetchAnswerer {
  return async (request, client) => {
    const { method } = request;
    const { status, headers, body, carry } = await answer({
      method,
      target: request.url,
      header: (name) => request.headers.get(name) ?? undefined,
      body: request.body,
      httpMajor: 1,
      remoteAddress: client?.remoteAddress ?? '',
    });
    if (!carry || method === 'HEAD') {
      return new Response(method === 'HEAD' ? null : (body ?? null), { status, headers });
    }
    const outlet = new BodyOutlet();
    const response = new Response(outlet.stream, { status, headers });
    carry(outlet);
    return response;
  };
}

const HIGH_WATER_BYTES = 16 * 1024;

class BodyOutlet implements Outlet {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #closeListeners: (() => void)[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #wake: (() => void)[] = [];

  constructor() {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#roused(),
        cancel: () => this.#over(),
      },
      { highWaterMark: HIGH_WATER_BYTES, size: (bytes) => bytes.byteLength },
    );
  }

  get bufferedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller?.desiredSize ?? HIGH_WATER_BYTES);
  }

  write(frame: Frame): void {
    this.#controller?.enqueue(frame.bytes);
  }

  drained(): Promise<void> {
    if (!this.#controller) return Promise.resolve();
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  end(): void {
    this.#controller?.close();
    this.#over();
  }

  destroy(): void {
    this.#controller?.error(new Error('The connection was cut; resume it.'));
    this.#over();
  }

  onClose(listener: () => void): void {
    if (this.#controller) this.#closeListeners.push(listener);
    else listener();
  }

  #roused(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }

  #over(): void {
    if (!this.#controller) return;
    this.#controller = undefined;
    this.#roused();
    for (const listener of this.#closeListeners) listener();
  }
}
