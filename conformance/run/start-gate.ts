/** Lets clients start a few at a time: a machine that starts many at once keeps all of them from their times. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A client that takes longer does not hold up the others. */
const HELD_AT_MOST_MS = 2_000;

export class StartGate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(width: number) {
    this.#free = Math.max(1, width);
  }

  /** Calls `start` when there is room; `started` ends the stay in the gate. */
  async enter<T>(start: () => { readonly started: Promise<unknown>; readonly result: Promise<T> }): Promise<T> {
    while (this.#free === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#free -= 1;
    const { started, result } = start();
    const done = new AbortController();
    const patience = sleep(HELD_AT_MOST_MS, undefined, { signal: done.signal }).catch(() => undefined);
    void Promise.race([started, patience, result.catch(() => undefined)]).then(() => {
      done.abort();
      this.#leave();
    });
    return result;
  }

  #leave(): void {
    this.#free += 1;
    this.#waiting.shift()?.();
  }
}
