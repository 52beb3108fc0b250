/** Where a generator's time goes: how late its timers are, and how busy it is. A slow generator blames nobody else. */
import { performance } from 'node:perf_hooks';
import type { Histogram } from 'hdr-histogram-js';
import { recordMs } from './histograms.js';

/** Between two looks at all streams, milliseconds. */
export const TICK_MS = 20;
/** Later than this, what was measured meanwhile says more about the generator than about the target. */
const LATE_MS = 200;

export class Pace {
  readonly #lag: Histogram;
  readonly #utilization = performance.eventLoopUtilization();
  #lastMs: number;
  /** Since then no timer was late. */
  #soundSinceMs = 0;
  #maxMs = 0;

  constructor(lag: Histogram, nowMs: number) {
    this.#lag = lag;
    this.#lastMs = nowMs;
  }

  /** To be called every `TICK_MS`. */
  tick(nowMs: number): void {
    const lateMs = Math.max(0, nowMs - this.#lastMs - TICK_MS);
    this.#lastMs = nowMs;
    recordMs(this.#lag, lateMs);
    this.#maxMs = Math.max(this.#maxMs, lateMs);
    if (lateMs > LATE_MS) this.#soundSinceMs = nowMs;
  }

  /** Whether the generator kept up all the time since then. */
  wasSoundSince(ms: number): boolean {
    return this.#soundSinceMs < ms;
  }

  /** Share of the time in which it had something to do; lateness in milliseconds. */
  get figures(): { readonly busy: number; readonly lagP99Ms: number; readonly lagMaxMs: number } {
    const { utilization } = performance.eventLoopUtilization(this.#utilization);
    return {
      busy: Math.round(utilization * 1000) / 1000,
      lagP99Ms: this.#lag.totalCount === 0 ? 0 : this.#lag.getValueAtPercentile(99) / 1000,
      lagMaxMs: Math.round(this.#maxMs * 10) / 10,
    };
  }
}
