/** Counts attempts in a row without progress, and says how long to wait before the next. */
import { type Backoff, delayBefore, parseRetry, parseRetryAfter } from './backoff.js';
import type { StreamOptions } from './types.js';

export class Attempts {
  #count = 0;
  /** Reconnection time the server set last, 0 where none. */
  #retryMs = 0;
  /** Cursor at which a jump of ids or malformed data was already tried once more. */
  #brokenAt: number | null = null;
  readonly #backoff: Backoff;
  readonly max: number;

  constructor(options: StreamOptions) {
    this.max = options.maxReconnectAttempts ?? 5;
    this.#backoff = {
      baseMs: options.backoffBaseMs ?? 1000,
      capMs: options.backoffCapMs ?? 5000,
      random: options.random ?? Math.random,
    };
  }

  get count(): number {
    return this.#count;
  }

  /** A new id was taken in. */
  // RETRY-015
  progress(): void {
    this.#count = 0;
    this.#brokenAt = null;
  }

  /** A lost connection had stayed alive for that long. Opening alone is no progress. */
  // RETRY-014, RETRY-015
  wasAliveFor(aliveMs: number, heartbeatInterval: number): void {
    if (aliveMs >= heartbeatInterval * 2000) {
      this.#count = 0;
    }
  }

  /** True the first time that the event after this cursor is broken, false from then on until there is progress. */
  // EVENT-028, DEDUPE-005, DEDUPE-006
  mayTryBrokenAgain(cursor: number): boolean {
    const first = this.#brokenAt !== cursor;
    this.#brokenAt = cursor;
    return first;
  }

  /** Takes a `retry` field; false where it is malformed, and then nothing changes. */
  setRetry(value: string): boolean {
    const retryMs = parseRetry(value);
    this.#retryMs = retryMs ?? this.#retryMs;
    return retryMs !== undefined;
  }

  /** Counts an attempt and gives the delay before it; undefined where none is left. */
  // RETRY-013
  next(retryAfter: string | null): number | undefined {
    if (this.#count >= this.max) {
      return undefined;
    }
    const floorsMs = [this.#retryMs, parseRetryAfter(retryAfter, Date.now())];
    const delayMs = delayBefore(this.#count, this.#backoff, floorsMs);
    this.#count += 1;
    return delayMs;
  }
}
