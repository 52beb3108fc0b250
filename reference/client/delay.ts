/** The wait before a reconnection attempt, which waking up shortens to what the server has asked for. */
import type { Attempt } from './attempts.js';
import type { Clock } from './clock.js';

export class Delay {
  readonly #clock: Clock;
  /** Until then the server does not want to be asked. */
  #floorUntilMs = 0;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start({ delayMs, floorMs }: Attempt, callback: () => void): void {
    this.#floorUntilMs = this.#clock.now() + floorMs;
    this.#cancel = this.#clock.after(delayMs, callback);
  }

  // STATE-011
  shorten(callback: () => void): void {
    this.cancel();
    const floorMs = this.#floorUntilMs - this.#clock.now();
    if (floorMs > 0) {
      this.#cancel = this.#clock.after(floorMs, callback);
    } else {
      callback();
    }
  }

  cancel(): void {
    this.#cancel();
    this.#cancel = () => undefined;
  }
}
