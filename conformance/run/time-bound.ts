/** How long a run may last: learned from the caps that the target declares, bounded by what the user allows. */

/** Cap where the target declares none (ruling 26), seconds. */
const DEFAULT_CAP_SECONDS = 60;

/** CAP-001 lets a stream end up to 1 s after its cap, the tolerance half a second more. Milliseconds. */
const AFTER_CAP_MS = 1550;

/** Pauses, refusals and the watch after a terminal event take this long, however short the cap. Milliseconds. */
const SHORTEST_RUN_MS = 4000;

/** Without a `--timeout` no cap is followed further than this. Milliseconds. */
const LONGEST_RUN_MS = 15 * 60 * 1000;

/** Times are milliseconds of `performance.now()`. */
export class TimeBound {
  readonly #startedAtMs: number;
  readonly #timeoutMs: number | undefined;
  readonly #listeners = new Set<() => void>();
  #capSeconds: number | undefined;
  #firstStreamAtMs: number | undefined;
  #endsAtMs: number;

  constructor(startedAtMs: number, timeoutMs: number | undefined) {
    this.#startedAtMs = startedAtMs;
    this.#timeoutMs = timeoutMs;
    this.#endsAtMs = this.#bounded(startedAtMs, DEFAULT_CAP_SECONDS);
  }

  /** When the run ends, whatever goes on. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** Longest life of a connection that carries a stream of this cap, milliseconds. */
  static lifeMs(capSeconds: number | undefined): number {
    return (capSeconds ?? DEFAULT_CAP_SECONDS) * 1000 + AFTER_CAP_MS;
  }

  /**
   * Takes in a cap that a stream declared when it was opened. The first one replaces the default, a longer one of
   * another occasion moves the end.
   */
  declare(capSeconds: number, openedAtMs: number): void {
    this.#firstStreamAtMs ??= openedAtMs;
    if (this.#capSeconds !== undefined && this.#capSeconds >= capSeconds) {
      return;
    }
    this.#capSeconds = capSeconds;
    this.#endsAtMs = this.#bounded(this.#firstStreamAtMs, capSeconds);
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** Calls back whenever the end has moved; returns what stops it. */
  onMove(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** True where the declared cap is longer than the run. */
  get cutsShort(): boolean {
    return this.#capSeconds !== undefined && this.#firstStreamAtMs !== undefined
      ? this.#firstStreamAtMs + this.#capSeconds * 1000 > this.#endsAtMs
      : false;
  }

  #bounded(fromMs: number, capSeconds: number): number {
    const wantedMs = fromMs + Math.max(TimeBound.lifeMs(capSeconds), SHORTEST_RUN_MS);
    return Math.min(wantedMs, this.#startedAtMs + (this.#timeoutMs ?? LONGEST_RUN_MS));
  }
}
