/** Follows redirects and sends cookies back. What the user configured never leaves the origin it was meant for. */
import type { Header, RecordedResponse } from '../types.js';
import { CookieJar } from './cookies.js';
import type { Exchange, ExchangeRequest, ExchangeSink } from './exchange.js';
import type { RecorderLimits } from './limits.js';
import type { Transport } from './transport.js';

/** More in a row is a loop. */
const MOST_REDIRECTS = 5;

/** What the kit itself sends: all that another origin may see. */
const OF_THE_KIT = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'last-event-id',
  'origin',
  'traceparent',
  'user-agent',
  'x-trace-id',
]);

type Head = Omit<RecordedResponse, 'atMs'>;

export class FollowingTransport implements Transport {
  readonly #inner: Transport;
  readonly #allowed: readonly string[];
  readonly #jar = new CookieJar();
  readonly #notes = new Set<string>();

  /** `allowed` are the other origins that a redirect may lead to; `*` for any. */
  constructor(inner: Transport, allowed: readonly string[]) {
    this.#inner = inner;
    this.#allowed = allowed;
  }

  /** What a reader of the report must know: where redirects led. */
  get notes(): readonly string[] {
    return [...this.#notes];
  }

  start(request: ExchangeRequest, sink: ExchangeSink, limits: RecorderLimits): Exchange {
    let current: Exchange | undefined;
    let over = false;
    const go = (asked: ExchangeRequest, redirects: number): void => {
      let left = false;
      const onHead = (head: Head): void => {
        this.#jar.take(asked.url.origin, principalOf(asked.headers), valuesOf(head.headers, 'set-cookie'));
        const next = this.#redirected(asked, head);
        if (next === undefined) {
          sink.onHead(head);
        } else if (redirects >= MOST_REDIRECTS) {
          current?.stop('limit', `more than ${MOST_REDIRECTS} redirects in a row`);
        } else {
          left = true;
          current?.stop('closed');
          go(next, redirects + 1);
        }
      };
      current = this.#inner.start(
        this.#withCookies(asked),
        {
          onHead,
          onBytes: (bytes) => left || sink.onBytes(bytes),
          onEnd: (ending) => {
            if (!left && !over) {
              over = true;
              sink.onEnd(ending);
            }
          },
        },
        limits,
      );
    };
    go(request, 0);
    return {
      stop: (kind, detail) => current?.stop(kind, detail),
      resume: () => current?.resume(),
    };
  }

  close(): void {
    this.#inner.close();
  }

  #withCookies(request: ExchangeRequest): ExchangeRequest {
    const { url, headers } = request;
    const configured = valuesOf(headers, 'cookie').join('; ');
    const cookie = this.#jar.give(url.origin, principalOf(headers), configured);
    if (cookie === undefined || cookie === configured) {
      return request;
    }
    return {
      ...request,
      headers: [...headers.filter(([name]) => name.toLowerCase() !== 'cookie'), ['Cookie', cookie]],
    };
  }

  /** The request that a redirect asks for; undefined where the answer is none, or is not to be followed. */
  #redirected(request: ExchangeRequest, { status, headers }: Head): ExchangeRequest | undefined {
    const [location] = valuesOf(headers, 'location');
    const isRedirect = [301, 302, 303, 307, 308].includes(status);
    if (!isRedirect || location === undefined || !URL.canParse(location, request.url)) {
      return undefined;
    }
    const method = methodAfter(request.method, status);
    const url = new URL(location, request.url);
    if (method === undefined || !['http:', 'https:'].includes(url.protocol)) {
      return undefined;
    }
    url.hash = '';
    const { body, ...bare } = request;
    const again = { ...bare, method, url, ...(body === undefined || method === 'GET' ? {} : { body }) };
    if (url.origin === request.url.origin) {
      url.username = request.url.username;
      url.password = request.url.password;
      this.#notes.add('The target redirects within its origin; that was followed.');
      return again;
    }
    if (!this.#allowed.includes(url.origin) && !this.#allowed.includes('*')) {
      this.#notes.add(
        `The target redirects to ${url.origin}, which was not followed: use that URL, or --allow-redirects-to ${url.origin}.`,
      );
      return undefined;
    }
    this.#notes.add(`Redirects to ${url.origin} were followed, without the configured headers.`);
    url.username = '';
    url.password = '';
    return { ...again, headers: request.headers.filter(([name]) => OF_THE_KIT.has(name.toLowerCase())) };
  }
}

function methodAfter(method: string, status: number): string | undefined {
  if (method === 'GET' || method === 'HEAD') {
    return method;
  }
  return method !== 'POST' ? undefined : status === 303 ? 'GET' : status === 307 || status === 308 ? 'POST' : undefined;
}

function valuesOf(headers: readonly Header[], name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** Whoever sends the same configured headers is the same to the target. */
function principalOf(headers: readonly Header[]): string {
  return JSON.stringify(headers.filter(([name]) => !OF_THE_KIT.has(name.toLowerCase())));
}
