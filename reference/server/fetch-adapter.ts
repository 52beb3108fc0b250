/** Mounts the handler wherever a WHATWG `Request` comes in and a `Response` goes out. */
import type { Answer, Frame, Outlet } from './outlet.js';
import type { Settings, StreamRequest } from './types.js';

/** `remoteAddress` serves the rate limit, where the runtime knows it. */
export type FetchAnswerer = (request: Request, client?: { readonly remoteAddress?: string }) => Promise<Response>;

export function answerFetch(answer: (request: StreamRequest) => Promise<Answer>, settings: Settings): FetchAnswerer {
  return async (request, client) => {
    const body = request.method === 'POST' ? await readBody(request, settings.maxBodyBytes) : '';
    if (body === undefined) return new Response(null, { status: 413 });
    const {
      status,
      headers,
      body: text,
      carry,
    } = await answer({
      method: request.method,
      url: new URL(request.url),
      header: (name) => request.headers.get(name) ?? undefined,
      body,
      httpMajor: 1,
      remoteAddress: client?.remoteAddress ?? '',
    });
    if (!carry || request.method === 'HEAD') {
      return new Response(request.method === 'HEAD' ? null : (text ?? null), { status, headers });
    }
    const outlet = new BodyOutlet();
    const response = new Response(outlet.stream, { status, headers });
    carry(outlet);
    return response;
  };
}

async function readBody(request: Request, maxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const part of request.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
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
