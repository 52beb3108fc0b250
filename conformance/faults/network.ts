/** The state that all connections of a proxy share: the profile, how it has changed since, and what has broken how often. */
import type { Aftermath, Fault, Faults, LinkShape } from '../../schemas/1.0/types/faults.js';

export class Network {
  readonly faults: readonly Fault[];
  readonly seed: number;
  down: LinkShape;
  up: LinkShape;
  lossRate: number;
  /** Connections that are still to be refused. */
  refusals: number;
  #isOffline: boolean;
  #onlineAtMs = 0;
  readonly #happened = new Map<Fault, number>();

  constructor({ faults = [], seed = 0, down = {}, up = {}, lossRate = 0, refuse = 0, offline = false }: Faults) {
    this.faults = faults;
    this.seed = seed;
    this.down = down;
    this.up = up;
    this.lossRate = lossRate;
    this.refusals = refuse;
    this.#isOffline = offline;
  }

  /** True for a connection that is to be reset as it opens; counts it. */
  refuses(): boolean {
    if (this.#isOffline || performance.now() < this.#onlineAtMs) {
      return true;
    }
    if (this.refusals <= 0) {
      return false;
    }
    this.refusals -= 1;
    return true;
  }

  setOffline(isOffline: boolean): void {
    this.#isOffline = isOffline;
  }

  /** False where it has happened as often as it may. */
  isDue(fault: Fault): boolean {
    return (this.#happened.get(fault) ?? 0) < (fault.times ?? Number.POSITIVE_INFINITY);
  }

  note(fault: Fault): void {
    this.#happened.set(fault, (this.#happened.get(fault) ?? 0) + 1);
    if (fault.afterwards !== undefined) this.#become(fault.afterwards);
  }

  #become({ offlineMs = 0, refuse, down = this.down, up = this.up }: Aftermath): void {
    this.#onlineAtMs = performance.now() + offlineMs;
    this.refusals = refuse ?? this.refusals;
    this.down = down;
    this.up = up;
  }
}
