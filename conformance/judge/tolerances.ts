/** Every tolerance of a verdict, with its reason. Milliseconds. */

/** A lower bound allows this much early: timers of common runtimes fire up to some milliseconds before their time. */
export let EARLY_MS = 50;

/** An upper bound gives this much grace: scheduling and transport of a loaded machine on both sides. */
export let LATE_MS = 500;

/** Lag of the kit's own event loop past which it does not trust a timed failure. */
export let LAG_MS = 200;

/** Sets tolerances of the user's for this process; to be called before rules are loaded. */
export function changeTolerances(changed: {
  readonly earlyMs?: number;
  readonly lateMs?: number;
  readonly lagMs?: number;
}): void {
  EARLY_MS = changed.earlyMs ?? EARLY_MS;
  LATE_MS = changed.lateMs ?? LATE_MS;
  LAG_MS = changed.lagMs ?? LAG_MS;
}
