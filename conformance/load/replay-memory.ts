/** Remembers what a stream's events were, in constant memory, to compare them with a replay. */

/** Newest events of which each is known by itself: as far back as a resumption with an overlap goes. */
export const OVERLAP = 8;

export class ReplayMemory {
  readonly #newest = new Uint32Array(OVERLAP);
  /** Of all events from the first one. */
  #chain = 0;
  #replayedChain = 0;
  #fromStart = false;

  /** An event that came for the first time, in order. */
  add(id: number, digest: number): void {
    this.#newest[id % OVERLAP] = digest;
    this.#chain = link(this.#chain, digest);
  }

  /** A replay begins after this cursor. */
  begin(cursor: number): void {
    this.#fromStart = cursor === 0;
    this.#replayedChain = 0;
  }

  /** Whether the event with that id, of `mark` that came, is what it was; undefined where nobody knows. */
  compare(id: number, digest: number, mark: number): boolean | undefined {
    this.#replayedChain = link(this.#replayedChain, digest);
    if (id > mark - OVERLAP) return this.#newest[id % OVERLAP] === digest;
    return undefined;
  }

  /** At the end of a replay: whether all of it was the same; undefined where it did not begin with the first event. */
  compareAll(): boolean | undefined {
    return this.#fromStart ? this.#replayedChain === this.#chain : undefined;
  }
}

function link(chain: number, digest: number): number {
  return (Math.imul(chain, 0x01000193) ^ digest) >>> 0;
}
