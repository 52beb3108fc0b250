/** The requests of one stream: creation, then resumption by GET from wherever the server says it lives. */
import { addressOf, drawStreamId, isStreamId, resolveLocation, streamIdIn } from './address.js';
import type { ConnectionRequest } from './transport.js';
import type { Diagnostic, StreamOptions } from './types.js';

/** Every client takes events of this size (EVENT-024). */
const SMALLEST_LIMIT_BYTES = 1024 * 1024;
const LIMIT_BYTES = 4 * SMALLEST_LIMIT_BYTES;
// RETRY-022
const CONNECT_TIMEOUT_MS = 10_000;
/** Header fields that name a trace: what the first request says holds for the stream. */
const TRACE_HEADERS = ['X-Trace-ID', 'traceparent'] as const;

export class Requests {
  #url: string;
  #streamId: string | undefined;
  /** True once the stream exists: from then on only GET. */
  #created: boolean;
  readonly #startCursor: number;
  readonly #trace = new Map<string, string | null>();
  readonly #options: StreamOptions;
  readonly #diagnose: (diagnostic: Diagnostic) => void;

  constructor(url: string, options: StreamOptions, diagnose: (diagnostic: Diagnostic) => void) {
    const known = streamIdIn(url) ?? options.streamId;
    const streamId = known ?? drawStreamId();
    this.#streamId = streamId === false ? undefined : streamId;
    this.#url = addressOf(url, streamId);
    this.#options = options;
    this.#diagnose = diagnose;
    this.#startCursor = options.lastEventId ?? (known === undefined ? 0 : this.#storedCursor());
    // A stream of which something was taken in before exists.
    this.#created = this.#startCursor > 0;
  }

  get streamId(): string | undefined {
    return this.#streamId;
  }

  /** The cursor to begin with: given, or stored for this stream. */
  get startCursor(): number {
    return this.#startCursor;
  }

  /** The next request. Rejects where the application's `headers` does. */
  async next(cursor: number): Promise<ConnectionRequest> {
    const { method, body, credentials, connectTimeoutMs, maxEventBytes } = this.#options;
    // HTTP-038
    const creating = method === 'POST' && !this.#created;
    return {
      url: this.#url,
      method: creating ? 'POST' : 'GET',
      ...(creating && body !== undefined ? { body } : {}),
      ...(credentials === undefined ? {} : { credentials }),
      cursor,
      headers: await this.#headers(cursor),
      connectTimeoutMs: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      // EVENT-024
      maxEventBytes: Math.max(maxEventBytes ?? LIMIT_BYTES, SMALLEST_LIMIT_BYTES),
    };
  }

  /** The answer is a stream: a POST's names where it is to be resumed, and any may name the stream. */
  accepted(header: (name: string) => string | null): void {
    if (this.#created) {
      return;
    }
    this.#created = true;
    const named = header('X-Stream-ID');
    if (this.#streamId === undefined && named !== null && isStreamId(named)) {
      this.#streamId = named;
    }
    if (this.#options.method === 'POST') {
      this.#url =
        resolveLocation(header('Content-Location'), this.#url) ?? addressOf(this.#url, this.#streamId ?? false);
    }
  }

  /** Stores the cursor, where the application gave a store. */
  // RETRY-019
  remember(cursor: number): void {
    // For every event: mostly there is no store.
    if (this.#options.cursorStore !== undefined) {
      this.#withStore((store, streamId) => store.set(streamId, cursor));
    }
  }

  /** The stream has ended: a stored cursor is of no more use. */
  // RETRY-020
  forget(): void {
    this.#withStore((store, streamId) => store.delete(streamId));
  }

  #storedCursor(): number {
    let stored: number | undefined;
    this.#withStore((store, streamId) => {
      stored = store.get(streamId);
    });
    return stored ?? 0;
  }

  /** A store that is full or forbidden costs the resumption after a reload, not the stream. */
  #withStore(use: (store: NonNullable<StreamOptions['cursorStore']>, streamId: string) => void): void {
    const { cursorStore } = this.#options;
    if (cursorStore === undefined || this.#streamId === undefined) {
      return;
    }
    try {
      use(cursorStore, this.#streamId);
    } catch (cause) {
      this.#diagnose({ code: 'cursor-store', message: `the cursor could not be stored: ${cause}` });
    }
  }

  // HTTP-039: evaluated on every attempt, so that credentials are sent, and fresh.
  async #headers(cursor: number): Promise<Headers> {
    const given = this.#options.headers;
    const headers = new Headers(typeof given === 'function' ? await given() : given);
    headers.set('Accept', 'text/event-stream');
    // RETRY-016, RETRY-018
    if (cursor > 0) {
      headers.set('Last-Event-ID', String(cursor));
    }
    if (this.#options.traceId !== undefined) {
      headers.set('X-Trace-ID', this.#options.traceId);
    }
    this.#keepTrace(headers);
    return headers;
  }

  /** An application may draw a new trace for each request; a stream has one. */
  // TRACE-008
  #keepTrace(headers: Headers): void {
    for (const name of TRACE_HEADERS) {
      const first = this.#trace.get(name);
      if (first === undefined) {
        this.#trace.set(name, headers.get(name));
      } else if (first === null) {
        headers.delete(name);
      } else {
        headers.set(name, first);
      }
    }
  }
}
