/** The requests of one stream: creation, then resumption by GET from wherever the server says it lives. */
import { addressOf, drawStreamId, resolveLocation } from './address.js';
import type { ConnectionRequest } from './transport.js';
import type { StreamOptions } from './types.js';

export class Requests {
  #url: string;
  /** Set by the first answer that is a stream: from then on only GET. */
  #created = false;
  readonly #options: StreamOptions;
  readonly streamId: string | undefined;

  constructor(url: string, options: StreamOptions) {
    const streamId = options.streamId ?? drawStreamId();
    this.streamId = streamId === false ? undefined : streamId;
    this.#url = addressOf(url, streamId);
    this.#options = options;
  }

  /** The cursor to begin with: given, or stored for this stream. */
  get startCursor(): number {
    const { lastEventId, streamId, cursorStore } = this.#options;
    return lastEventId ?? (typeof streamId === 'string' ? cursorStore?.get(streamId) : undefined) ?? 0;
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
      connectTimeoutMs: connectTimeoutMs ?? 10_000,
      maxEventBytes: maxEventBytes ?? 4 * 1024 * 1024,
    };
  }

  /** The answer is a stream; a POST's names where it is to be resumed. */
  accepted(contentLocation: string | null): void {
    if (!this.#created) {
      this.#created = true;
      this.#url = resolveLocation(contentLocation, this.#url) ?? this.#url;
    }
  }

  /** Stores the cursor, where the application gave a store. */
  remember(cursor: number): void {
    if (this.streamId !== undefined) {
      this.#options.cursorStore?.set(this.streamId, cursor);
    }
  }

  /** The stream has ended: a stored cursor is of no more use. */
  // RETRY-020
  forget(): void {
    if (this.streamId !== undefined) {
      this.#options.cursorStore?.delete(this.streamId);
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
    // TRACE-008
    if (this.#options.traceId !== undefined) {
      headers.set('X-Trace-ID', this.#options.traceId);
    }
    return headers;
  }
}
