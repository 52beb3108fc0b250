/** Counts attempts in a row without progress, and says how long to wait before the next. */
import { type Backoff, delayBefore, floorOf, jitterFloor, parseRetryAfter } from './backoff.js';
import type { StreamOptions } from './types.js';

/** A reconnection attempt to come. */
export interface Attempt {
  readonly delayMs: number;
  /** The part of the delay that the server asked for: waking up does not skip it. */
  readonly floorMs: number;
}

export class Attempts {
  #count = 0;
  /** Reconnection time the server set last, 0 where none; it stays in force over connections. */
  #retryMs = 0;
  /** What went wrong since the last new id, and so is not tried once more. */
  readonly #broken = new Set<'gap' | 'protocol'>();
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
    // For every event: an empty set is not cleared.
    if (this.#broken.size > 0) {
      this.#broken.clear();
    }
  }

  /** A lost connection had been open for that long, and had brought so many events. Opening alone is no progress. */
  // RETRY-014, RETRY-015
  wasOpen(openMs: number, events: number, heartbeatInterval: number): void {
    if (events > 0 && openMs >= heartbeatInterval * 2000) {
      this.#count = 0;
    }
  }

  /** True the first time that an id jumps, or that data is malformed, since the last new id. */
  // EVENT-028, DEDUPE-005, DEDUPE-006
  mayTryAgainAfter(code: 'gap' | 'protocol'): boolean {
    const first = !this.#broken.has(code);
    this.#broken.add(code);
    return first;
  }

  /** Takes a `retry` field that was well-formed. */
  setRetry(retryMs: number): void {
    this.#retryMs = retryMs;
  }

  /** Counts an attempt and gives the delay before it; undefined where none is left. On waking up the backoff is skipped. */
  // RETRY-013
  next(retryAfter: string | null, onWaking: boolean): Attempt | undefined {
    if (this.#count >= this.max) {
      return undefined;
    }
    const asked = floorOf(this.#retryMs, parseRetryAfter(retryAfter, Date.now()));
    const delayMs = onWaking
      ? jitterFloor(asked, this.#backoff.random)
      : delayBefore(this.#count, this.#backoff, asked);
    this.#count += 1;
    return { delayMs, floorMs: Math.min(asked, delayMs) };
  }
}
