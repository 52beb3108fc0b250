/**
 * What becomes of a stream: its network, its cut, how it comes back. It follows from the seed and the stream's number
 * alone, so that a plan does the same on one thread and on many machines.
 */
import { type Network, networks, slowReader } from './networks.js';
import type { LoadPlan } from './types.js';

/** How a cut stream resumes: after its last event, from some events earlier, or from the start, to compare the replay. */
type Return = 'exact' | 'overlap' | 'start';

export interface Fate {
  readonly streamId: string;
  readonly traceId: string;
  /** Undefined where nothing slows it down. */
  readonly network: Network | undefined;
  readonly isSlow: boolean;
  /** After how many events its first connection is cut; undefined where the plan cuts nothing. */
  readonly cutAfter: number | undefined;
  readonly comesBack: Return;
  /** Uniform from 0 to 1, the stream's own. */
  readonly random: () => number;
}

/** A cut falls on one of the first events: the length of a stream is not known before its end. */
const CUT_AMONG = 50;

/** @param number Of the stream's place in the whole plan. @param round How many streams were in that place before. */
export function decideFate(plan: LoadPlan, number: number, round: number): Fate {
  const ordinal = number + round * plan.allStreams;
  const random = createRandom(plan.seed ^ Math.imul(ordinal + 1, 0x9e3779b1));
  const isSlow = spread(plan, ordinal, Math.SQRT2) < plan.slowReaders;
  const isCut = spread(plan, ordinal, Math.sqrt(3)) < plan.cutRate;
  const among = Math.max(1, Math.min(CUT_AMONG, (plan.events ?? CUT_AMONG + 1) - 1));
  const cut = 1 + Math.floor(random() * among);
  const name = `${plan.runId}-${number.toString(36)}-${round.toString(36)}`;
  return {
    streamId: name,
    traceId: `t-${name}`,
    network: isSlow ? slowReader : networkAt(plan, spread(plan, ordinal, (1 + Math.sqrt(5)) / 2) * 100),
    isSlow,
    cutAfter: isCut ? cut : undefined,
    comesBack: returnOf(random()),
    random,
  };
}

function returnOf(chance: number): Return {
  if (chance < 0.5) return 'exact';
  return chance < 0.75 ? 'overlap' : 'start';
}

function networkAt({ network }: LoadPlan, percent: number): Network | undefined {
  let sum = 0;
  for (const share of network) {
    sum += share.percent;
    if (percent < sum) return networks[share.network];
  }
  return undefined;
}

/**
 * A number from 0 to 1 for each stream. Multiples of an irrational number lie evenly (Weyl), so that a share of 10 % of
 * 100 streams is 10 of them, give or take one; different irrationals make different shares independent.
 */
function spread({ seed }: LoadPlan, ordinal: number, irrational: number): number {
  const start = createRandom(seed ^ Math.floor(irrational * 0x1000000))();
  return (start + ordinal * irrational) % 1;
}

/** Mulberry32: small, fast, and the same everywhere. No secret hangs on it. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}
