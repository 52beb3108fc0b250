/** Lets requests out at a bounded pace: at most so many that wait for their answer at the same time. */

/** A target that is slow to answer does not hold up the others for longer; the timeline of scenarios would suffer. */
const HELD_AT_MOST_MS = 100;

export class Gate {
  readonly #width: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(width: number) {
    this.#width = Math.max(1, width);
  }

  /** Calls `start` at once where there is room, else when its turn comes. `until` ends the stay inside. */
  enter(start: () => void, until: () => Promise<unknown>): void {
    const go = (): void => {
      this.#inside += 1;
      start();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, HELD_AT_MOST_MS);
      });
      void Promise.race([until(), patience]).finally(() => {
        clearTimeout(timer);
        this.#inside -= 1;
        this.#waiting.shift()?.();
      });
    };
    if (this.#inside < this.#width) {
      go();
    } else {
      this.#waiting.push(go);
    }
  }
}
