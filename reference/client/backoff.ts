/** How long to wait before an attempt: exponential, capped, jittered, with the server's floors. */

/** Longest reconnection time or `Retry-After` that is believed. */
// RETRY-010
const MAX_FLOOR_MS = 60_000;

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Delay before attempt `n` = 0, 1, …: d = min(base × 2^n, cap), drawn from [0.9 d, min(1.1 d, cap)], and not below the
 * floors. Drawing from the clipped window, rather than clipping the draw, keeps the jitter where d has reached the cap.
 */
export function delayBefore(attempt: number, backoff: Backoff, floorsMs: readonly number[]): number {
  const d = Math.min(backoff.baseMs * 2 ** attempt, backoff.capMs);
  // RETRY-006
  const least = 0.9 * d;
  // RETRY-007
  const most = Math.min(1.1 * d, backoff.capMs);
  // RETRY-008
  const drawn = least + backoff.random() * (most - least);
  // RETRY-009, RETRY-012
  return Math.max(drawn, ...floorsMs.map((floorMs) => Math.min(floorMs, MAX_FLOOR_MS)));
}

/** A `retry` field in milliseconds; undefined where it is not only ASCII digits. */
export function parseRetry(value: string): number | undefined {
  // RETRY-011
  return /^[0-9]+$/.test(value) ? Math.min(Number(value), MAX_FLOOR_MS) : undefined;
}

/** A `Retry-After` header (delta seconds or HTTP-date, RFC 9110 section 10.2.3) in milliseconds from now; 0 where unusable. */
export function parseRetryAfter(value: string | null, wallClockMs: number): number {
  if (value === null) {
    return 0;
  }
  if (/^\s*[0-9]+\s*$/.test(value)) {
    return Math.min(Number(value) * 1000, MAX_FLOOR_MS);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - wallClockMs), MAX_FLOOR_MS);
}
