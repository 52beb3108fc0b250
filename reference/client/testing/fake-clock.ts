/** A clock that moves only when a test says so. */
import type { Clock } from '../clock.js';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that would still fire. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on, firing what falls due in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#nextBy(untilMs); timer !== undefined; timer = this.#nextBy(untilMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Time passes while timers are frozen, as in a hidden tab; they fire late afterwards. */
  async freeze(ms: number): Promise<void> {
    this.#nowMs += ms;
    await settle();
  }

  #nextBy(untilMs: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.dueMs <= untilMs);
    return due.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Lets every promise that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
