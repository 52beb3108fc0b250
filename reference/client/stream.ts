/** A resilient stream: connects, takes in, watches, reconnects, and ends in exactly one final state. */
import { addressOf, drawStreamId, resolveLocation } from './address.js';
import { delayBefore, parseRetry, parseRetryAfter } from './backoff.js';
import { systemClock } from './clock.js';
import { Cursor } from './cursor.js';
import { decideAfter } from './decide.js';
import { StreamError } from './errors.js';
import { takeIn } from './intake.js';
import { fromHeaders, fromHeartbeat } from './parameters.js';
import { EventQueue } from './queue.js';
import { isFinal, type StreamState, transitions } from './states.js';
import type { ConnectionEnd, ConnectionRequest, ConnectionSink, Transport } from './transport.js';
import type { Diagnostic, MetricName, StateChange, StreamEvent, StreamOptions } from './types.js';
import { onWake } from './wake.js';
import { Watchdog } from './watchdog.js';

export class ResilientStream extends EventTarget implements AsyncIterable<StreamEvent> {
  readonly #options: StreamOptions;
  readonly #transport: Transport;
  readonly #clock;
  readonly #cursor: Cursor;
  readonly #queue = new EventQueue();
  readonly #watchdog: Watchdog;
  readonly #defaults;
  readonly #maxAttempts: number;
  #url: string;
  /** Set by the answer to a POST, or by the first answer at all: from then on only GET. */
  #created = false;
  #state: StreamState = 'idle';
  #attempt = 0;
  #retryMs = 0;
  #openedMs: number | null = null;
  #lostMs: number | null = null;
  /** Cursor at which a jump or malformed data was already retried once. */
  #brokenAt: number | null = null;
  #closeConnection: () => void = () => undefined;
  #cancelDelay: () => void = () => undefined;
  #stopWaking: () => void = () => undefined;
  /** Grows with each connection: what comes from an older one is nobody's. */
  #connection = 0;
  readonly streamId: string | undefined;
  traceId: string | undefined;

  constructor(url: string, options: StreamOptions, transport: Transport) {
    super();
    this.#options = options;
    this.#transport = transport;
    this.#clock = options.clock ?? systemClock;
    this.#maxAttempts = options.maxReconnectAttempts ?? 5;
    this.#defaults = {
      heartbeatInterval: options.heartbeatInterval ?? 5,
      silenceThreshold: options.silenceThreshold ?? 15,
    };
    const streamId = options.streamId ?? drawStreamId();
    this.streamId = streamId === false ? undefined : streamId;
    this.#url = addressOf(url, streamId);
    this.traceId = options.traceId;
    const stored = typeof options.streamId === 'string' ? options.cursorStore?.get(options.streamId) : undefined;
    this.#cursor = new Cursor(options.lastEventId ?? stored ?? 0);
    this.#watchdog = new Watchdog(
      this.#clock,
      { ...this.#defaults },
      {
        quiet: () => this.#go('waiting'),
        silent: () => {
          this.#measure('sse_stall_detections_total', 1);
          this.#lose('silence longer than the threshold', 'connection-lost');
        },
      },
    );
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Highest id taken in; 0 before the first. */
  get cursor(): number {
    return this.#cursor.value;
  }

  get lastEventMs(): number {
    return this.#watchdog.lastEventMs;
  }

  /** Starts once; `connectStream` has done it. */
  start(): void {
    if (this.#state !== 'idle') {
      return;
    }
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.close();
      return;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#options.wake !== false) {
      this.#stopWaking = onWake(() => this.#wakeUp());
    }
    this.#measure('sse_streams_started_total', 1);
    this.#connect();
  }

  /** Ends it for good: no callback, no request and no timer afterwards. The stream on the server lives on. */
  // STATE-009
  close(): void {
    if (!isFinal(this.#state)) {
      this.#finish('closed', {});
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    this.#queue.active = true;
    const events = this.#queue[Symbol.asyncIterator]();
    return {
      next: () => events.next(),
      // Leaving the loop is the reader's way to close.
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  readonly #onAbort = (): void => this.close();

  #connect(): void {
    this.#connection += 1;
    const connection = this.#connection;
    this.#openedMs = null;
    this.#go('connecting');
    void this.#requestHeaders().then(
      (headers) => {
        if (this.#isCurrent(connection)) {
          this.#closeConnection = this.#transport(this.#request(headers), this.#sink(connection), this.#clock);
        }
      },
      (cause: unknown) =>
        this.#isCurrent(connection) && this.#fail('protocol_error', `headers: ${String(cause)}`, true),
    );
  }

  // HTTP-039: evaluated on every attempt, so that credentials are sent, and fresh.
  async #requestHeaders(): Promise<Headers> {
    const given = this.#options.headers;
    const headers = new Headers(typeof given === 'function' ? await given() : given);
    headers.set('Accept', 'text/event-stream');
    // RETRY-016, RETRY-018
    if (this.#cursor.value > 0) {
      headers.set('Last-Event-ID', String(this.#cursor.value));
    }
    // TRACE-008
    if (this.#options.traceId !== undefined) {
      headers.set('X-Trace-ID', this.#options.traceId);
    }
    return headers;
  }

  #request(headers: Headers): ConnectionRequest {
    // HTTP-038
    const creating = this.#options.method === 'POST' && !this.#created;
    return {
      url: this.#url,
      method: creating ? 'POST' : 'GET',
      ...(creating && this.#options.body !== undefined ? { body: this.#options.body } : {}),
      ...(this.#options.credentials === undefined ? {} : { credentials: this.#options.credentials }),
      cursor: this.#cursor.value,
      headers,
      connectTimeoutMs: this.#options.connectTimeoutMs ?? 10_000,
      maxEventBytes: this.#options.maxEventBytes ?? 4 * 1024 * 1024,
    };
  }

  #isCurrent(connection: number): boolean {
    return connection === this.#connection && !isFinal(this.#state);
  }

  #sink(connection: number): ConnectionSink {
    const current = () => this.#isCurrent(connection);
    return {
      accepted: (header) => current() && this.#onAccepted(header),
      message: (type, data, id) => current() && this.#onMessage(type, data, id) && current(),
      retry: (value) => current() && this.#onRetry(value),
      room: () => this.#pauseForRoom(),
      ended: (end) => current() && this.#onEnded(end),
    };
  }

  #onAccepted(header: (name: string) => string | null): void {
    const location = this.#created ? undefined : resolveLocation(header('Content-Location'), this.#url);
    this.#url = location ?? this.#url;
    this.#created = true;
    this.traceId ??= header('X-Trace-ID') ?? undefined;
    this.#openedMs = this.#clock.now();
    this.#watchdog.parameters = fromHeaders(header, this.#defaults, this.#diagnose);
    this.#watchdog.start();
    this.#go('open');
  }

  #onMessage(type: string, data: string, rawId: string | undefined): boolean {
    this.#watchdog.touch();
    this.#measure('sse_total_events_received', 1);
    // STATE-005
    if (this.#state === 'waiting') {
      this.#go('open');
    }
    const before = this.#cursor.value;
    const taken = takeIn(type, data, rawId, this.#cursor, this.#diagnose);
    if (taken.kind === 'broken') {
      this.#onBroken(taken.code, taken.message, taken.lost);
      return false;
    }
    if (this.#cursor.value > before) {
      this.#onProgress();
    }
    if (taken.kind === 'ignored') {
      if (taken.duplicate) {
        this.#measure('sse_duplicate_events_total', 1);
      }
      return true;
    }
    return this.#onEvent(taken.event);
  }

  #onEvent(event: StreamEvent): boolean {
    if (this.#lostMs !== null) {
      this.#measure('sse_reconnect_time_ms', this.#clock.now() - this.#lostMs);
      this.#lostMs = null;
    }
    this.traceId ??= typeof event.data.trace_id === 'string' ? event.data.trace_id : undefined;
    if (event.type === 'heartbeat') {
      fromHeartbeat({ ...event.data }, this.#watchdog.parameters, this.#diagnose);
      this.#watchdog.rearm();
    }
    this.#queue.push(event);
    this.#options.onEvent?.(event);
    if (event.type === 'complete') {
      const { reason } = event.data;
      // END-011
      this.#finish('completed', { reason, truncated: reason !== 'done' });
    } else if (event.type === 'error') {
      // END-013
      this.#fail(event.data.code, event.data.message ?? 'the server reported an error', event.data.retryable === true);
    }
    // END-008: false makes the transport close without waiting for the server.
    return !isFinal(this.#state);
  }

  // RETRY-015
  #onProgress(): void {
    this.#attempt = 0;
    this.#brokenAt = null;
    if (this.streamId !== undefined) {
      this.#options.cursorStore?.set(this.streamId, this.#cursor.value);
    }
  }

  // EVENT-028, DEDUPE-005, DEDUPE-006
  #onBroken(code: 'gap' | 'protocol_error', message: string, lost: number): void {
    this.#diagnose({ code: code === 'gap' ? 'gap' : 'protocol-error', message });
    if (this.#brokenAt === this.#cursor.value) {
      this.#measure('sse_message_loss_total', lost);
      this.#fail(code, message, true);
    } else {
      this.#brokenAt = this.#cursor.value;
      this.#lose(message, undefined);
    }
  }

  #onRetry(value: string): void {
    const retryMs = parseRetry(value);
    if (retryMs === undefined) {
      this.#diagnose({ code: 'malformed-retry', message: `expected digits, got "${value.slice(0, 40)}"` });
    } else {
      this.#retryMs = retryMs;
    }
  }

  #onEnded(end: ConnectionEnd): void {
    const decision = decideAfter(end);
    switch (decision.next) {
      case 'finished':
        this.#finish('completed', { reason: null, truncated: false });
        break;
      case 'fail':
        this.#fail(decision.code, decision.message, false);
        break;
      case 'retry':
        this.#lose(decision.message, 'connection-lost', parseRetryAfter(decision.retryAfter, Date.now()));
    }
  }

  /** The connection is lost: waits and tries again, or gives up. */
  #lose(message: string, diagnostic: Diagnostic['code'] | undefined, retryAfterMs = 0): void {
    this.#disconnect();
    if (diagnostic !== undefined) {
      this.#diagnose({ code: diagnostic, message });
    }
    this.#lostMs ??= this.#clock.now();
    // RETRY-014, RETRY-015: an opened connection is progress only when it stayed alive for 2 heartbeat intervals.
    if (this.#wasStable()) {
      this.#attempt = 0;
    }
    // RETRY-013
    if (this.#attempt >= this.#maxAttempts) {
      this.#fail('attempts_exhausted', `no progress in ${this.#maxAttempts} attempts; the last: ${message}`, true);
      return;
    }
    const backoff = {
      baseMs: this.#options.backoffBaseMs ?? 1000,
      capMs: this.#options.backoffCapMs ?? 5000,
      random: this.#options.random ?? Math.random,
    };
    const delayMs = delayBefore(this.#attempt, backoff, [this.#retryMs, retryAfterMs]);
    this.#attempt += 1;
    // STATE-006
    this.#go('reconnecting', { delayMs, message });
    if (this.#state === 'reconnecting') {
      this.#cancelDelay = this.#clock.after(delayMs, () => this.#connect());
    }
  }

  #wasStable(): boolean {
    if (this.#openedMs === null) {
      return false;
    }
    return this.#watchdog.lastEventMs - this.#openedMs >= this.#watchdog.parameters.heartbeatInterval * 2000;
  }

  // STATE-011
  #wakeUp(): void {
    if (this.#state === 'reconnecting') {
      this.#cancelDelay();
      this.#connect();
    } else if (this.#state === 'open' || this.#state === 'waiting') {
      this.#watchdog.judgeSoon();
    }
  }

  #pauseForRoom(): Promise<void> | undefined {
    const room = this.#queue.room();
    if (room === undefined) {
      return undefined;
    }
    // While the consumer is slow nothing is read, so that silence would mean nothing.
    this.#watchdog.stop();
    return room.then(() => {
      if (this.#state === 'open' || this.#state === 'waiting') {
        this.#watchdog.start();
      }
    });
  }

  #disconnect(): void {
    this.#connection += 1;
    this.#watchdog.stop();
    this.#cancelDelay();
    this.#closeConnection();
    this.#closeConnection = () => undefined;
  }

  // STATE-008
  #fail(code: string, message: string, retryable: boolean): void {
    this.#measure('sse_user_visible_errors_total', 1);
    this.#finish('failed', { code, message }, new StreamError(code, message, retryable));
  }

  // STATE-009, END-009
  #finish(state: 'completed' | 'failed' | 'closed', detail: Partial<StateChange>, failure?: StreamError): void {
    this.#disconnect();
    this.#stopWaking();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    // RETRY-020
    if (state !== 'closed' && this.streamId !== undefined) {
      this.#options.cursorStore?.delete(this.streamId);
    }
    this.#go(state, detail);
    this.#queue.end(failure);
  }

  // STATE-003
  #go(state: StreamState, detail: Partial<StateChange> = {}): void {
    const previous = this.#state;
    if (!transitions[previous].includes(state)) {
      return;
    }
    this.#state = state;
    const change: StateChange = { ...detail, state, previous, attempt: this.#attempt, maxAttempts: this.#maxAttempts };
    this.#options.onState?.(change);
    this.dispatchEvent(new CustomEvent('state', { detail: change }));
  }

  readonly #diagnose = (diagnostic: Diagnostic): void => this.#options.onDiagnostic?.(diagnostic);

  #measure(name: MetricName, value: number): void {
    this.#options.onMetric?.(name, value);
  }
}
