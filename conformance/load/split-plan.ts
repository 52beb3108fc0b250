/** Cuts a load plan into shares. What a stream does depends on its number alone, so that a split changes nothing. */
import { KitError } from '../kit-error.js';
import type { LoadPlan } from './types.js';

/**
 * Shares of about the same size that begin together: every nth stream belongs to a share. Shares without a stream are
 * left out, so that there may be fewer than asked for. Throws `KitError` (`usage`) where `shares` is no whole number
 * of at least 1.
 */
export function splitPlan(plan: LoadPlan, shares: number): LoadPlan[] {
  if (!Number.isInteger(shares) || shares < 1) {
    throw new KitError('usage', `expected a whole number of shares of at least 1, got ${shares}`);
  }
  return Array.from({ length: Math.min(shares, plan.streams) }, (_, share) => ({
    ...plan,
    streams: Math.ceil((plan.streams - share) / shares),
    firstStream: plan.firstStream + share * plan.stride,
    stride: plan.stride * shares,
  }));
}

/** Number in the whole plan of the nth stream of this share. */
export function streamNumber(plan: LoadPlan, nth: number): number {
  return plan.firstStream + nth * plan.stride;
}
