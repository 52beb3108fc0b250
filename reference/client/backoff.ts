/** How long to wait before an attempt: exponential, capped, jittered, with the server's floors. */

/** Longest reconnection time or `Retry-After` that is believed. */
// RETRY-010
const MAX_FLOOR_MS = 60_000;

/** Part of a floor that may be added to it, so that clients with the same floor do not come back together. */
const FLOOR_JITTER = 0.1;

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Delay before attempt `n` = 0, 1, …: d = min(base × 2^n, cap), drawn from [0.9 d, min(1.1 d, cap)] as far as it is
 * not below the floor. Drawing from the clipped window, rather than clipping the draw, keeps the jitter where d has
 * reached the cap and where a floor cuts into the window.
 */
export function delayBefore(attempt: number, backoff: Backoff, floorMs: number): number {
  const d = Math.min(backoff.baseMs * 2 ** attempt, backoff.capMs);
  // RETRY-006
  const least = 0.9 * d;
  // RETRY-007
  const most = Math.min(1.1 * d, backoff.capMs);
  // RETRY-008
  return floorMs > most ? jitterFloor(floorMs, backoff.random) : draw(Math.max(least, floorMs), most, backoff.random);
}

/** A floor and up to a tenth of it. */
export function jitterFloor(floorMs: number, random: () => number): number {
  return draw(floorMs, floorMs * (1 + FLOOR_JITTER), random);
}

function draw(least: number, most: number, random: () => number): number {
  return least + random() * (most - least);
}

/** The greater of the server's reconnection time and the last answer's `Retry-After`, both in milliseconds. */
// RETRY-009, RETRY-012
export function floorOf(retryMs: number, retryAfterMs: number): number {
  return Math.min(Math.max(retryMs, retryAfterMs), MAX_FLOOR_MS);
}

/** A `Retry-After` header (delta seconds or HTTP-date, RFC 9110 section 10.2.3) in milliseconds from now; 0 where unusable. */
export function parseRetryAfter(value: string | null, wallClockMs: number): number {
  if (value === null) {
    return 0;
  }
  if (/^\s*[0-9]+\s*$/.test(value)) {
    return Number(value) * 1000;
  }
  const dateMs = Date.parse(value);
  // A date has letters; without them Date.parse would take "-5" for a year.
  return Number.isNaN(dateMs) || !/[a-z]/i.test(value) ? 0 : Math.max(0, dateMs - wallClockMs);
}
