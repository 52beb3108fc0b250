/** A resilient stream: connects, takes in, watches, reconnects, and ends in exactly one final state. */
import { Announcer } from './announcer.js';
import { Attempts } from './attempts.js';
import { systemClock } from './clock.js';
import { Cursor } from './cursor.js';
import { decideAfter } from './decide.js';
import { StreamError } from './errors.js';
import { takeIn } from './intake.js';
import { defaultsOf, fromHeaders, fromHeartbeat } from './parameters.js';
import { EventQueue } from './queue.js';
import { Requests } from './requests.js';
import type { StreamState } from './states.js';
import type { ConnectionEnd, ConnectionSink, Transport } from './transport.js';
import type { Diagnostic, StateChange, StreamEvent, StreamOptions } from './types.js';
import { onWake } from './wake.js';
import { Watchdog } from './watchdog.js';

export class ResilientStream extends Announcer implements AsyncIterable<StreamEvent> {
  readonly #options: StreamOptions;
  readonly #transport: Transport;
  readonly #clock;
  readonly #cursor: Cursor;
  readonly #queue = new EventQueue();
  readonly #watchdog: Watchdog;
  readonly #defaults;
  readonly #attempts: Attempts;
  readonly #requests: Requests;
  #openedMs: number | null = null;
  #lostMs: number | null = null;
  #closeConnection: () => void = () => undefined;
  #cancelDelay: () => void = () => undefined;
  #stopWaking: () => void = () => undefined;
  /** Grows with each connection: what comes from an older one is nobody's. */
  #connection = 0;
  readonly streamId: string | undefined;
  traceId: string | undefined;

  constructor(url: string, options: StreamOptions, transport: Transport) {
    super(options);
    this.#options = options;
    this.#transport = transport;
    this.#clock = options.clock ?? systemClock;
    this.#attempts = new Attempts(options);
    this.#defaults = defaultsOf(options);
    this.#requests = new Requests(url, options);
    this.streamId = this.#requests.streamId;
    this.traceId = options.traceId;
    this.#cursor = new Cursor(this.#requests.startCursor);
    this.#watchdog = new Watchdog(
      this.#clock,
      { ...this.#defaults },
      {
        quiet: () => this.#go('waiting'),
        silent: () => {
          this.measure('sse_stall_detections_total', 1);
          this.#lose('silence longer than the threshold', 'connection-lost');
        },
      },
    );
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
    if (this.state !== 'idle') {
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
    this.measure('sse_streams_started_total', 1);
    this.#connect();
  }

  /** Ends it for good: no callback, no request and no timer afterwards. The stream on the server lives on. */
  // STATE-009
  close(): void {
    if (!this.ended) {
      this.#finish('closed', {});
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    return this.#queue.iterate(() => this.close());
  }

  readonly #onAbort = (): void => this.close();

  #connect(): void {
    this.#connection += 1;
    const connection = this.#connection;
    this.#openedMs = null;
    this.#go('connecting');
    this.#requests.next(this.#cursor.value).then(
      (request) => {
        if (this.#isCurrent(connection)) {
          this.#closeConnection = this.#transport(request, this.#sink(connection), this.#clock);
        }
      },
      (cause: unknown) =>
        this.#isCurrent(connection) && this.#fail('request', `no request could be made: ${cause}`, true),
    );
  }

  #isCurrent(connection: number): boolean {
    return connection === this.#connection && !this.ended;
  }

  #sink(connection: number): ConnectionSink {
    const current = () => this.#isCurrent(connection);
    return {
      accepted: (header) => current() && this.#onAccepted(header),
      message: (type, data, id) => current() && this.#onMessage(type, data, id) && current(),
      retry: (value) => current() && this.#onRetry(value),
      room: () => this.#watchdog.pauseFor(this.#queue.room(), current),
      ended: (end) => current() && this.#onEnded(end),
    };
  }

  #onAccepted(header: (name: string) => string | null): void {
    this.#requests.accepted(header('Content-Location'));
    this.traceId ??= header('X-Trace-ID') ?? undefined;
    this.#openedMs = this.#clock.now();
    this.#watchdog.parameters = fromHeaders(header, this.#defaults, this.diagnose);
    this.#watchdog.start();
    this.#go('open');
  }

  #onMessage(type: string, data: string, rawId: string | undefined): boolean {
    this.#watchdog.touch();
    this.measure('sse_total_events_received', 1);
    // STATE-005
    if (this.state === 'waiting') {
      this.#go('open');
    }
    const before = this.#cursor.value;
    const taken = takeIn(type, data, rawId, this.#cursor, this.diagnose);
    if (taken.kind === 'broken') {
      this.#onBroken(taken.code, taken.message, taken.lost);
      return false;
    }
    if (this.#cursor.value > before) {
      this.#onProgress();
    }
    if (taken.kind === 'ignored') {
      if (taken.duplicate) {
        this.measure('sse_duplicate_events_total', 1);
      }
      return true;
    }
    return this.#onEvent(taken.event);
  }

  #onEvent(event: StreamEvent): boolean {
    if (this.#lostMs !== null) {
      this.measure('sse_reconnect_time_ms', this.#clock.now() - this.#lostMs);
      this.#lostMs = null;
    }
    this.traceId ??= typeof event.data.trace_id === 'string' ? event.data.trace_id : undefined;
    if (event.type === 'heartbeat') {
      fromHeartbeat({ ...event.data }, this.#watchdog.parameters, this.diagnose);
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
      this.#fail(
        event.data.code,
        String(event.data.message ?? 'the server reported an error'),
        event.data.retryable === true,
      );
    }
    // END-008: false makes the transport close without waiting for the server.
    return !this.ended;
  }

  #onProgress(): void {
    this.#attempts.progress();
    this.#requests.remember(this.#cursor.value);
  }

  #onBroken(code: 'gap' | 'protocol_error', message: string, lost: number): void {
    this.diagnose({ code: code === 'gap' ? 'gap' : 'protocol-error', message });
    if (this.#attempts.mayTryBrokenAgain(this.#cursor.value)) {
      this.#lose(message, undefined);
    } else {
      this.measure('sse_message_loss_total', lost);
      this.#fail(code, message, true);
    }
  }

  #onRetry(value: string): void {
    if (!this.#attempts.setRetry(value)) {
      this.diagnose({ code: 'malformed-retry', message: `expected digits, got "${value.slice(0, 40)}"` });
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
        this.#lose(decision.message, 'connection-lost', decision.retryAfter);
    }
  }

  /** The connection is lost: waits and tries again, or gives up. */
  #lose(message: string, diagnostic: Diagnostic['code'] | undefined, retryAfter: string | null = null): void {
    this.#disconnect();
    if (diagnostic !== undefined) {
      this.diagnose({ code: diagnostic, message });
    }
    this.#lostMs ??= this.#clock.now();
    if (this.#openedMs !== null) {
      const aliveMs = this.#watchdog.lastEventMs - this.#openedMs;
      this.#attempts.wasAliveFor(aliveMs, this.#watchdog.parameters.heartbeatInterval);
    }
    const delayMs = this.#attempts.next(retryAfter);
    if (delayMs === undefined) {
      this.#fail('attempts_exhausted', `no progress in ${this.#attempts.max} attempts; the last: ${message}`, true);
      return;
    }
    // STATE-006
    this.#go('reconnecting', { delayMs, message });
    if (this.state === 'reconnecting') {
      this.#cancelDelay = this.#clock.after(delayMs, () => this.#connect());
    }
  }

  // STATE-011
  #wakeUp(): void {
    if (this.state === 'reconnecting') {
      this.#cancelDelay();
      this.#connect();
    } else if (this.state === 'open' || this.state === 'waiting') {
      this.#watchdog.judgeSoon();
    }
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
    this.measure('sse_user_visible_errors_total', 1);
    this.#finish('failed', { code, message }, new StreamError(code, message, retryable));
  }

  // STATE-009, END-009
  #finish(state: 'completed' | 'failed' | 'closed', detail: Partial<StateChange>, failure?: StreamError): void {
    this.#disconnect();
    this.#stopWaking();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (state !== 'closed') {
      this.#requests.forget();
    }
    this.#go(state, detail);
    this.#queue.end(failure);
  }

  #go(state: StreamState, detail: Partial<StateChange> = {}): void {
    this.go(state, { ...detail, attempt: this.#attempts.count, maxAttempts: this.#attempts.max });
  }
}
