/** The demonstration's URLs: the streams, and what an operator needs beside them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { answerPage } from '../../demo/assets.js';
import { createStreamHandler, type StreamHandler } from '../handler.js';
import { MemoryStore } from '../memory-store.js';
import { ServerMetrics } from '../metrics.js';
import { RedisStore } from '../redis-store.js';
import type { StreamStore } from '../store.js';
import { type Authorize, Refusal, type StreamRequest } from '../types.js';
import type { DemoOptions } from './options.js';
import { createDemoProducer, OCCASIONS, occasionOf } from './producers.js';

/** Values of the query parameter `occasion`. */
export const OCCASION_NAMES: readonly string[] = [...OCCASIONS, 'limit'];

/** So small that the first events are gone long before the text ends. */
const EVICTING_HISTORY_BYTES = 2_000;
/** For the occasion `limit`: the fourth stream in a row is refused. */
const TIGHT_LIMIT = { burst: 3, perMinute: 6 };
const MAX_QUERY_CHARACTERS = 1000;

export interface Site {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** The streams alone, for other transports: by URL, or its path and query. */
  readonly handlerOf: (target: string) => StreamHandler;
  readonly close: () => Promise<void>;
}

type OpenStore = (name: string, maxBytesPerStream?: number) => Promise<StreamStore>;

/** Throws a `ConfigurationError` where Redis is wanted and not there. */
export async function createSite(options: DemoOptions, log: Logger): Promise<Site> {
  const { settings, chunkDelayMs, tokens } = options;
  const openStore = storesOf(options);
  const metrics = new ServerMetrics();
  const produce = createDemoProducer(chunkDelayMs);
  const authorize = tokens.length > 0 ? { authorize: createGate(tokens) } : {};
  const common = { ...settings, ...authorize, produce, validate, metrics, log };
  const stores = [await openStore('plain'), await openStore('evicted', EVICTING_HISTORY_BYTES)] as const;
  const [store, smallStore] = stores;
  const plain = createStreamHandler({ ...common, store });
  const evicted = createStreamHandler({ ...common, store: smallStore });
  const limit = createStreamHandler({ ...common, store, rateLimit: TIGHT_LIMIT });
  const special = new Map([
    ['evicted', evicted],
    ['limit', limit],
  ]);
  const handlerOf = (target: string): StreamHandler => {
    const query = new URLSearchParams(target.replace(/^[^?]*/, ''));
    return special.get(query.get('occasion') ?? '') ?? plain;
  };
  let closing = false;

  const pages: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
    '/stream/search': (request, response) => {
      handlerOf(request.url ?? '').listener(request, response);
    },
    '/metrics': (_request, response) => {
      metrics.registry.metrics().then(
        (text) => response.setHeader('Content-Type', metrics.registry.contentType).end(text),
        () => response.destroy(),
      );
    },
    '/healthz': (_request, response) => {
      response.writeHead(closing ? 503 : 200, { 'Content-Type': 'application/json', 'Retry-After': '1' });
      response.end(JSON.stringify({ status: closing ? 'closing' : 'ok' }));
    },
  };
  return {
    handlerOf,
    listener: (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
      if (page) page(request, response);
      else if (!answerPage(request, response)) answerNotFound(request, response);
    },
    close: async () => {
      closing = true;
      await Promise.all([plain, evicted, limit].map((handler) => handler.close(options.graceMs)));
      await Promise.all(stores.map((one) => one.close()));
    },
  };
}

function storesOf({ redis, lease, settings }: DemoOptions): OpenStore {
  const { retention } = settings;
  return async (name, maxBytesPerStream) => {
    const bounds = maxBytesPerStream === undefined ? { retention } : { retention, maxBytesPerStream };
    return redis === undefined
      ? new MemoryStore(bounds)
      : RedisStore.connect({ ...bounds, url: redis, lease, prefix: `sse:${name}:` });
  };
}

function answerNotFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'not_found', status: 404, detail: 'Streams are at /stream/search?query=…' }));
}

/** Lets in whoever shows one of the tokens; the token is the principal. */
function createGate(tokens: readonly string[]): Authorize {
  return (request) => {
    const [, shown] = /^Bearer (.+)$/.exec(request.header('authorization') ?? '') ?? [];
    if (shown === undefined) return { refuse: 401 };
    return tokens.includes(shown) ? { principal: shown } : { refuse: 403 };
  };
}

function validate(request: StreamRequest): void {
  const { searchParams } = request.url;
  const { length } = searchParams.get('query') ?? '';
  if (length > MAX_QUERY_CHARACTERS) {
    throw new Refusal(400, 'query_too_long', `query has at most ${MAX_QUERY_CHARACTERS} characters, not ${length}.`);
  }
  const occasion = searchParams.get('occasion');
  if (occasion !== null && occasion !== 'limit' && !occasionOf(request)) {
    throw new Refusal(400, 'unknown_occasion', `occasion is one of ${OCCASION_NAMES.join(', ')}.`);
  }
}
