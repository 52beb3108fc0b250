/** The clock of a transcript: milliseconds on a monotonic clock that starts with it. */

export interface Clock {
  /** RFC 3339, the wall clock at the start. */
  readonly startedAt: string;
  /** Milliseconds since the start, with fractions. */
  now(): number;
}

export function startClock(): Clock {
  const origin = performance.now();
  return { startedAt: new Date().toISOString(), now: () => performance.now() - origin };
}
