/** From a request to its answer: the order in which the server decides. */
import { setTimeout } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { createFramer, type Engine, endAbandoned, endStream } from './engine.js';
import { Generation } from './generation.js';
import { GzipOutlet } from './gzip-outlet.js';
import { type IncomingRequest, readRequest } from './incoming.js';
import { MemoryStore } from './memory-store.js';
import { ServerMetrics } from './metrics.js';
import type { Answer, Outlet } from './outlet.js';
import { defaultProtocol, type ServerProtocol } from './protocol.js';
import { type RateLimit, RateLimiter } from './rate-limit.js';
import { Reader } from './reader.js';
import type { Resumption } from './resume.js';
import { checkSettings } from './settings.js';
import type { StreamState, StreamStore } from './store.js';
import {
  type Authorize,
  type Awaitable,
  type Produce,
  Refusal,
  type Settings,
  type StreamRecord,
  type StreamRequest,
} from './types.js';

export interface StreamHandlerOptions extends Partial<Settings> {
  readonly produce: Produce;
  /** Default: the memory of this process. */
  readonly store?: StreamStore;
  /** Default: no principals; whoever knows a stream id may read the stream. */
  readonly authorize?: Authorize;
  /** Checks a creating request, before anything starts. Throws a `Refusal`. */
  readonly validate?: (request: StreamRequest) => Awaitable<void>;
  readonly rateLimit?: RateLimit;
  /** Whom the rate limit counts; default the principal, else the remote address. */
  readonly clientOf?: (request: StreamRequest, principal: string) => string;
  readonly metrics?: ServerMetrics;
  readonly log?: Logger;
  /** Overrides decisions of the protocol, for experiments and for tests of conformance kits. */
  readonly protocol?: Partial<ServerProtocol>;
  readonly random?: () => number;
}

export class StreamServer {
  readonly engine: Engine;
  readonly #generations = new Map<string, { generation: Generation; over: Promise<void> }>();
  readonly #readers = new Map<string, Set<Reader>>();
  readonly #limiter: RateLimiter | undefined;
  #closing = false;

  constructor(private readonly options: StreamHandlerOptions) {
    const settings = checkSettings(options);
    const protocol = { ...defaultProtocol, ...options.protocol };
    this.engine = {
      protocol,
      settings,
      store: options.store ?? new MemoryStore({ retention: settings.retention }),
      metrics: options.metrics ?? new ServerMetrics(),
      log: options.log ?? pino({ enabled: false }),
      random: options.random ?? Math.random,
      now: () => performance.timeOrigin + performance.now(),
      frame: createFramer(protocol),
    };
    this.#limiter = options.rateLimit && new RateLimiter(options.rateLimit);
  }

  async answer(incoming: IncomingRequest): Promise<Answer> {
    const { protocol, settings, metrics, log } = this.engine;
    const traceId = protocol.chooseTraceId(incoming);
    const origin = protocol.originHeaders(incoming, settings);
    try {
      const answer = await this.#decide(await readRequest(incoming, settings.maxBodyBytes), traceId);
      return { ...answer, headers: { ...answer.headers, ...origin } };
    } catch (error) {
      if (!(error instanceof Refusal)) log.error({ err: error, trace_id: traceId }, 'request failed');
      const refusal =
        error instanceof Refusal ? error : new Refusal(503, 'unavailable', 'The server cannot answer now; try again.');
      metrics.requestRefused(refusal.code);
      const problem = protocol.formatProblem(refusal, traceId);
      return { ...problem, headers: { ...problem.headers, ...origin } };
    }
  }

  async #decide(request: StreamRequest, traceId: string): Promise<Answer> {
    const { protocol, settings, store } = this.engine;
    const { method, url } = request;
    if (method === 'OPTIONS') return protocol.answerOptions(request, settings);
    if (!['GET', 'HEAD', 'POST', 'DELETE'].includes(method)) {
      throw new Refusal(405, 'method_not_allowed', `${method} is not a method of a stream.`, {
        Allow: 'GET, HEAD, POST, DELETE, OPTIONS',
      });
    }
    // HTTP-021
    if (method !== 'DELETE' && !protocol.acceptsEventStream(request.header('accept'))) {
      throw new Refusal(406, 'not_acceptable', 'This resource is an event stream: accept text/event-stream.');
    }
    const streamId = protocol.parseStreamId(url.searchParams.getAll('stream_id'));
    const query = url.searchParams.getAll('last_event_id');
    // Resuming is a GET: the other methods have no cursor.
    const resumes = method === 'GET' || method === 'HEAD';
    const cursor = resumes ? protocol.parseCursor({ header: request.header('last-event-id'), query }) : 0;
    const principal = await this.#authorize(request, streamId, cursor);
    const key = streamId === undefined ? undefined : protocol.streamKey(principal, streamId);
    const state = key === undefined ? undefined : await store.find(key);
    if (method === 'DELETE') return this.#cancel(key, state);
    if (this.#closing) throw new Refusal(503, 'shutting_down', 'This server is going away; try again.');
    if (key !== undefined && state) return this.#join(request, key, state, cursor);
    const resumption = protocol.decideResumption(cursor, undefined);
    // A cursor names a stream that was; creating another in its place would hide the loss.
    if (resumption.kind === 'refuse') return this.#refuseCursor(resumption, traceId);
    return this.#create(request, streamId, principal, traceId);
  }

  /** Who asks. The same for a stream that exists and for one that does not. */
  async #authorize(request: StreamRequest, streamId: string | undefined, cursor: number): Promise<string> {
    const { authorize } = this.options;
    if (!authorize || !this.engine.protocol.needsAuthorization(request, cursor)) return '';
    const answer = await authorize(request, streamId ?? null);
    if ('principal' in answer) return answer.principal;
    const unauthorized = answer.refuse === 401;
    throw new Refusal(
      answer.refuse,
      unauthorized ? 'unauthorized' : 'forbidden',
      answer.detail ?? 'The credentials of this request do not admit it.',
      unauthorized ? { 'WWW-Authenticate': answer.challenge ?? 'Bearer' } : {},
    );
  }

  async #cancel(key: string | undefined, state: StreamState | undefined): Promise<Answer> {
    if (key === undefined || !state) throw new Refusal(404, 'unknown_stream', 'There is no such stream.');
    const reason = this.engine.protocol.cancelReason();
    if (reason !== undefined) await endStream(this.engine, key, { type: 'complete', reason });
    return { status: 204, headers: { 'X-Trace-ID': state.record.traceId } };
  }

  async #join(request: StreamRequest, key: string, found: StreamState, cursor: number): Promise<Answer> {
    const { protocol, settings, metrics, store } = this.engine;
    const late = !found.ended && (await endAbandoned(this.engine, key));
    const state = (late && (await store.find(key))) || found;
    const { record } = state;
    if (!protocol.matchesStream(record, request)) {
      throw new Refusal(409, 'other_parameters', 'A stream of this stream_id exists with other parameters.');
    }
    const resumption = protocol.decideResumption(cursor, state);
    if (resumption.kind === 'refuse') return this.#refuseCursor(resumption, record.traceId);
    if (resumption.kind === 'finished') return { status: 204, headers: { 'X-Trace-ID': record.traceId } };
    if (!protocol.admitsReader(this.#readers.get(key)?.size ?? 0, settings)) {
      throw new Refusal(429, 'too_many_readers', `A stream takes ${settings.maxReadersPerStream} readers at most.`);
    }
    if (cursor > 0) metrics.streamResumed();
    return this.#serve(request, key, state, cursor);
  }

  async #create(
    request: StreamRequest,
    requestedId: string | undefined,
    principal: string,
    traceId: string,
  ): Promise<Answer> {
    const { protocol, settings, store, metrics, log, now } = this.engine;
    if (protocol.isForeignPage(request, settings)) {
      throw new Refusal(403, 'foreign_page', 'Pages of this origin may start no streams here.');
    }
    await this.options.validate?.(request);
    const streamId = protocol.chooseStreamId(requestedId);
    const { maxSeconds } = settings;
    const record = { streamId, traceId, createdAtMs: now(), maxSeconds, ...protocol.parametersOf(request) };
    if (!protocol.createsStream(request.method)) return this.#head(request, record);
    this.#checkLimits(request, principal);
    const key = protocol.streamKey(principal, streamId);
    const { created, state } = await store.create(key, record);
    // HTTP-029: of two requests that create the same stream one creates it.
    if (!created) return this.#join(request, key, state, 0);
    metrics.streamStarted();
    log.info({ trace_id: traceId, stream_id: streamId }, 'stream started');
    const generation = new Generation(this.engine, key, record);
    const over = generation.run(this.options.produce, request).finally(() => this.#generations.delete(key));
    this.#generations.set(key, { generation, over });
    const answer = this.#serve(request, key, state, 0);
    return { ...answer, headers: { ...answer.headers, ...protocol.creationHeaders(request, record) } };
  }

  #checkLimits(request: StreamRequest, principal: string): void {
    const { rateLimit, clientOf } = this.options;
    const client = clientOf ? clientOf(request, principal) : principal || request.remoteAddress;
    const waitSeconds = this.#limiter?.take(client, this.engine.now()) ?? 0;
    // OPS-005
    if (waitSeconds > 0) {
      const headers = { 'Retry-After': String(Math.ceil(waitSeconds)) };
      throw new Refusal(429, 'rate_limited', 'This client starts too many streams; wait.', headers);
    }
    if (this.#generations.size >= (rateLimit?.maxStreams ?? Number.POSITIVE_INFINITY)) {
      throw new Refusal(429, 'too_many_streams', 'As many streams run as this server takes; wait.');
    }
  }

  /** The head of an answer that carries a part of the stream. */
  #head(request: StreamRequest, record: StreamRecord): Answer {
    const { protocol, settings } = this.engine;
    const coding = protocol.contentCoding(request, settings);
    return {
      status: protocol.successStatus,
      headers: {
        ...protocol.eventHeaders(record.traceId),
        ...protocol.parameterHeaders(record, settings),
        ...(coding && { 'Content-Encoding': coding }),
        ...protocol.hopHeaders(request.httpMajor),
      },
    };
  }

  #serve(request: StreamRequest, key: string, state: StreamState, cursor: number): Answer {
    const head = this.#head(request, state.record);
    const zipped = head.headers['Content-Encoding'] === 'gzip';
    return {
      ...head,
      carry: (outlet) => this.#read(key, state, cursor, zipped ? new GzipOutlet(outlet) : outlet),
    };
  }

  #read(key: string, state: StreamState, cursor: number, outlet: Outlet): void {
    const { metrics, log, protocol } = this.engine;
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers);
    metrics.connectionOpened();
    const reader = new Reader(this.engine, key, state, cursor, outlet, (cause) => {
      readers.delete(reader);
      if (readers.size === 0) this.#readers.delete(key);
      metrics.connectionClosed(cause);
      const { traceId: trace_id, streamId: stream_id } = state.record;
      log.debug({ trace_id, stream_id, cause }, 'connection closed');
      if (cause === 'gone' && readers.size === 0 && protocol.endsWithoutReaders(state.record)) {
        endStream(this.engine, key, { type: 'complete', reason: 'cancelled' }).catch((error: unknown) => {
          log.error({ err: error, trace_id, stream_id }, 'stream not cancelled');
        });
      }
    });
    readers.add(reader);
    if (this.#closing) {
      reader.shutDown();
      return;
    }
    reader.open().catch((error: unknown) => {
      log.error({ err: error, trace_id: state.record.traceId }, 'connection lost');
      outlet.destroy();
    });
  }

  #refuseCursor({ code, members }: RefusedCursor, traceId: string): Answer {
    const { protocol, frame, metrics } = this.engine;
    metrics.requestRefused(code);
    return {
      status: protocol.successStatus,
      headers: protocol.eventHeaders(traceId),
      carry: (outlet) => {
        outlet.write(frame(protocol.refusalEvent(code, members, traceId)));
        outlet.end();
      },
    };
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    for (const readers of this.#readers.values()) for (const reader of readers) reader.shutDown();
    const running = [...this.#generations.values()];
    if (graceMs > 0 && running.length > 0) {
      const grace = new AbortController();
      const waited = setTimeout(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
      await Promise.race([Promise.all(running.map(({ over }) => over)), waited]);
      grace.abort();
    }
    await Promise.all(
      [...this.#generations.values()].map(({ generation }) =>
        generation.end({
          type: 'error',
          code: 'server_shutdown',
          message: 'The server was shut down; start a new stream.',
          retryable: true,
        }),
      ),
    );
  }
}

type RefusedCursor = Extract<Resumption, { kind: 'refuse' }>;
