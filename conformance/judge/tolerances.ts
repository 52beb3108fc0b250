/** Every tolerance of a verdict, with its reason. Milliseconds. */

/** A lower bound allows this much early: timers of common runtimes fire up to some milliseconds before their time. */
export const EARLY_MS = 50;

/** An upper bound gives this much grace: scheduling and transport of a loaded machine on both sides. */
export const LATE_MS = 500;

/** Lag of the kit's own event loop past which it does not trust a timed failure. */
export const LAG_MS = 200;
