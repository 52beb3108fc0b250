/** Seeded random numbers, so that a run with faults can be had again. */

/** From 0 up to 1, without 1. */
export type Random = () => number;

/** A generator of its own for each stream of numbers (`name`, such as a connection's number) of one seed. */
export function seededRandom(seed: number, name = 0): Random {
  // Mulberry32; the odd multiplier keeps neighbouring names from giving neighbouring sequences.
  let state = (seed ^ Math.imul(name + 1, 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
