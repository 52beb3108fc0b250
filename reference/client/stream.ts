/** A resilient stream: connects, takes in, watches, reconnects, and ends in exactly one final state. */
import { Announcer } from './announcer.js';
import { Attempts } from './attempts.js';
import { systemClock } from './clock.js';
import { Connector } from './connector.js';
import { Cursor, parseId } from './cursor.js';
import { decideAfter } from './decide.js';
import { Delay } from './delay.js';
import { StreamError } from './errors.js';
import { takeIn } from './intake.js';
import { Ledger } from './ledger.js';
import { defaultsOf, fromHeaders, fromHeartbeat } from './parameters.js';
import { EventQueue } from './queue.js';
import { Requests } from './requests.js';
import type { StreamState } from './states.js';
import { isTraceId } from './trace.js';
import type { ConnectionEnd, ConnectionSink, Transport } from './transport.js';
import type { StateChange, StreamEvent, StreamOptions } from './types.js';
import { onWake } from './wake.js';
import { Watchdog } from './watchdog.js';

/** How a connection was lost. */
interface Loss {
  readonly message: string;
  readonly retryAfter?: string | null;
  /** Noticed on waking up: then there is no backoff. */
  readonly onWaking?: boolean;
}

export class ResilientStream extends Announcer implements AsyncIterable<StreamEvent> {
  readonly #options: StreamOptions;
  readonly #clock;
  readonly #cursor: Cursor;
  readonly #queue = new EventQueue();
  readonly #watchdog: Watchdog;
  readonly #defaults;
  readonly #attempts: Attempts;
  readonly #requests: Requests;
  readonly #ledger: Ledger;
  readonly #connector: Connector;
  readonly #delay: Delay;
  /** When the connection opened, and what it has brought; null while there is none. */
  #opened: { readonly atMs: number; events: number } | null = null;
  #stopWaking: () => void = () => undefined;
  #traceId: string | undefined;

  constructor(url: string, options: StreamOptions, transport: Transport, attempts = new Attempts(options)) {
    super(options);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#attempts = attempts;
    this.#ledger = new Ledger(this.#clock, (name, value, labels) => this.measure(name, value, labels));
    this.#defaults = defaultsOf(options);
    this.#requests = new Requests(url, options, this.diagnose);
    this.#connector = new Connector(transport, this.#requests, this.#clock);
    this.#delay = new Delay(this.#clock);
    this.#traceId = options.traceId;
    this.#cursor = new Cursor(this.#requests.startCursor);
    const callbacks = {
      quiet: () => this.#go('waiting'),
      silent: (onWaking: boolean) => this.#onSilence(onWaking),
    };
    this.#watchdog = new Watchdog(this.#clock, { ...this.#defaults }, callbacks);
  }

  /** Highest id taken in; 0 before the first. */
  get cursor(): number {
    return this.#cursor.value;
  }

  /** The id of the stream, where the client chose it or the server has named it. */
  get streamId(): string | undefined {
    return this.#requests.streamId;
  }

  /** The trace id of the stream: given, or as the server says. */
  get traceId(): string | undefined {
    return this.#traceId;
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
    this.#ledger.started();
    this.#connect();
  }

  /** Ends it for good: no callback, no request and no timer afterwards. The stream on the server lives on. */
  close(): void {
    if (!this.ended) {
      this.#finish('closed', {});
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, undefined> {
    return this.#queue.iterate(() => this.close());
  }

  readonly #onAbort = (): void => this.close();

  readonly #connect = (): void => {
    this.#opened = null;
    this.#go('connecting');
    if (this.state === 'connecting') {
      this.#connector.open(this.#cursor.value, this.#sink);
    }
  };

  readonly #sink: ConnectionSink = {
    accepted: (header) => this.#onAccepted(header),
    message: (type, data, id) => this.#onMessage(type, data, id),
    retry: (value) => this.#onRetry(value),
    seen: (id) => this.#onSeen(id),
    room: () => this.#watchdog.pauseFor(this.#queue.room()),
    ended: (end) => this.#onEnded(end),
  };

  #onAccepted(header: (name: string) => string | null): void {
    this.#requests.accepted(header);
    this.#learnTraceId(header('X-Trace-ID'));
    this.#opened = { atMs: this.#clock.now(), events: 0 };
    this.#watchdog.parameters = fromHeaders(header, this.#defaults, this.diagnose);
    this.#watchdog.start();
    this.#go('open');
  }

  #onMessage(type: string, data: string, rawId: string | undefined): boolean {
    this.#watchdog.touch();
    this.#ledger.received();
    if (this.#opened !== null) this.#opened.events += 1;
    // STATE-005
    if (this.state === 'waiting') {
      this.#go('open');
    }
    const before = this.#cursor.value;
    const taken = takeIn(type, data, rawId, this.#cursor, this.diagnose);
    if (taken === 'duplicate') {
      this.#ledger.duplicate();
      return true;
    }
    if (taken !== 'unknown' && taken.type === 'broken') {
      this.#onBroken(taken.code, taken.message);
      return false;
    }
    const after = this.#cursor.value;
    if (after > before) {
      this.#onProgress();
    }
    this.pass(type, data, after > before ? after : undefined);
    if (taken !== 'unknown' && !this.ended) {
      this.#onEvent(taken);
    }
    // END-008: false makes the transport close without waiting for the server.
    return !this.ended;
  }

  #onEvent(event: StreamEvent): void {
    this.#learnTraceId(event.data.trace_id);
    if (event.type === 'heartbeat') {
      fromHeartbeat(event.data, this.#watchdog.parameters, this.diagnose);
      this.#watchdog.rearm();
      this.#ledger.sent(event.data.head_id);
    }
    this.#queue.push(event);
    this.deliver(event);
    if (event.type === 'complete') {
      const { reason } = event;
      // END-011
      this.#finish('completed', { reason, truncated: reason !== 'done' });
    } else if (event.type === 'error') {
      // END-013
      this.#fail(event.code, event.message, event.data.retryable === true);
    }
  }

  #onProgress(): void {
    this.#attempts.progress();
    this.#requests.remember(this.#cursor.value);
  }

  #onBroken(code: 'gap' | 'protocol', message: string): void {
    this.diagnose({ code: code === 'gap' ? 'gap' : 'protocol-error', message });
    if (this.#attempts.mayTryAgainAfter(code)) {
      this.#lose({ message });
    } else {
      this.#ledger.sent(this.#cursor.value + 1);
      this.#fail(code, message, true);
    }
  }

  #onRetry(value: number | string): void {
    if (typeof value === 'number') {
      this.#attempts.setRetry(value);
    } else {
      this.diagnose({ code: 'malformed-retry', message: `expected digits, got "${value.slice(0, 40)}"` });
    }
  }

  #onSeen(id: string): void {
    const seen = parseId(id);
    if (seen !== undefined && seen > this.#cursor.value) {
      this.#cursor.moveTo(seen);
      this.#onProgress();
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
        this.#lose(decision);
    }
  }

  #onSilence(onWaking: boolean): void {
    this.#ledger.stalled();
    this.#lose({ message: 'silence longer than the threshold', onWaking });
  }

  /** The connection is lost: waits and tries again, or gives up. */
  #lose({ message, retryAfter = null, onWaking = false }: Loss): void {
    this.#disconnect();
    this.diagnose({ code: 'connection-lost', message });
    if (this.#opened !== null) {
      const { atMs, events } = this.#opened;
      this.#attempts.wasOpen(this.#clock.now() - atMs, events, this.#watchdog.parameters.heartbeatInterval);
    }
    const attempt = this.#attempts.next(retryAfter, onWaking);
    if (attempt === undefined) {
      this.#fail('attempts', `no progress in ${this.#attempts.max} attempts; the last: ${message}`, true);
      return;
    }
    this.#ledger.interrupted();
    // STATE-006
    this.#go('reconnecting', { delayMs: attempt.delayMs, message });
    if (this.state === 'reconnecting') {
      this.#delay.start(attempt, this.#connect);
    }
  }

  // STATE-011
  #wakeUp(): void {
    if (this.state === 'reconnecting') {
      this.#delay.shorten(this.#connect);
    } else if (this.state === 'open' || this.state === 'waiting') {
      this.#watchdog.judgeSoon();
    }
  }

  #disconnect(): void {
    this.#watchdog.stop();
    this.#delay.cancel();
    this.#connector.close();
  }

  // STATE-008
  #fail(code: string, message: string, retryable: boolean): void {
    this.#ledger.failed(code);
    this.#finish('failed', { code, message, retryable }, new StreamError(code, message, retryable));
  }

  // STATE-009, END-009
  #finish(state: 'completed' | 'failed' | 'closed', detail: Partial<StateChange>, failure?: StreamError): void {
    this.#disconnect();
    this.#stopWaking();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (state !== 'closed') {
      this.#requests.forget();
      this.#ledger.ended(this.#cursor.value);
    }
    this.#go(state, detail);
    this.#queue.end(failure);
  }

  #learnTraceId(traceId: unknown): void {
    this.#traceId ??= isTraceId(traceId) ? traceId : undefined;
  }

  #go(state: StreamState, detail: Partial<StateChange> = {}): void {
    this.go(state, { ...detail, attempt: this.#attempts.count, maxAttempts: this.#attempts.max });
  }
}
