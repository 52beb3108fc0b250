/** When a stream comes back and when it gives up: the protocol's rules for clients, with the reference's numbers. */

/** Backoff before attempt n is min(base × 2^n, cap) ± 10 % (RETRY), milliseconds. */
const BASE_MS = 1000;
const CAP_MS = 5000;
const JITTER = 0.1;
/** Attempts in a row without progress. */
export const MOST_ATTEMPTS = 5;
/** What a target may ask for at most. */
const LONGEST_FLOOR_MS = 60_000;

/** Answers after which a client comes back; every other refusal is final. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isRetryable(status: number): boolean {
  return RETRYABLE.has(status);
}

export class Reconnection {
  readonly #random: () => number;
  #attempts = 0;
  #floorMs = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A new event was taken in, or a connection was stable. */
  progressed(): void {
    this.#attempts = 0;
  }

  /** The target's `retry` field. */
  setFloor(ms: number): void {
    this.#floorMs = Math.min(ms, LONGEST_FLOOR_MS);
  }

  /** Milliseconds until the next attempt; undefined where the stream is given up. */
  next(retryAfterMs = 0): number | undefined {
    if (this.#attempts >= MOST_ATTEMPTS) return undefined;
    const ms = Math.min(BASE_MS * 2 ** this.#attempts, CAP_MS);
    this.#attempts += 1;
    const jittered = Math.min(CAP_MS, ms * (1 - JITTER + 2 * JITTER * this.#random()));
    return Math.max(jittered, this.#floorMs, Math.min(retryAfterMs, LONGEST_FLOOR_MS));
  }
}

/** `Retry-After` in milliseconds: seconds, or a date; 0 where it is neither. */
export function readRetryAfter(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
