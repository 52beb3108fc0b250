/** Checks the times of one connection's heartbeats. */
import { LATE_MS } from '../judge/tolerances.js';

/** A heartbeat is due this long after the request was accepted (HEARTBEAT-001), milliseconds. */
const FIRST_MS = 1000;

export class HeartbeatCheck {
  /** Of this connection. */
  count = 0;
  #lastMs: number;
  #firstIsLate = false;
  #isMissed = false;

  /** @param openedMs When the head of the answer came. */
  constructor(openedMs: number) {
    this.#lastMs = openedMs;
  }

  /** Since when the check has waited for what comes next. */
  get sinceMs(): number {
    return this.#lastMs;
  }

  /** A heartbeat came: how much too late, in words; undefined where it was in time. */
  take(nowMs: number, intervalMs: number): string | undefined {
    const gapMs = nowMs - this.#lastMs;
    const isFirst = this.count === 0;
    this.count += 1;
    this.#lastMs = nowMs;
    const mostMs = 1.5 * intervalMs + 500;
    if (isFirst || gapMs <= mostMs + LATE_MS) return undefined;
    return `expected at most ${mostMs.toFixed(0)} ms between two heartbeats, got ${gapMs.toFixed(0)} ms`;
  }

  /** An event came: true once, where no heartbeat was before it. */
  misses(): boolean {
    if (this.count > 0 || this.#isMissed) return false;
    this.#isMissed = true;
    return true;
  }

  /** True once, where no heartbeat has come in time. */
  missesFirst(nowMs: number): boolean {
    if (this.count > 0 || this.#firstIsLate || nowMs - this.#lastMs <= FIRST_MS + LATE_MS) return false;
    this.#firstIsLate = true;
    return true;
  }
}
