/** How often a property over random transcripts is tried: a few times in every test, very often by `npm run fuzz`. */

/** `usual` times, multiplied by `FUZZ_FACTOR` where that is set. Throws where it is no positive number. */
export function fuzzRuns(usual: number): number {
  const { FUZZ_FACTOR: given = '1' } = process.env;
  const factor = Number(given);
  if (!(factor > 0)) {
    throw new Error(`FUZZ_FACTOR: expected a positive number, got "${given}"`);
  }
  return Math.ceil(usual * factor);
}
