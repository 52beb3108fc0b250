/** Measures how late the kit's own event loop runs, so that its lateness is never taken for the target's. */

const TICK_MS = 20;

/** Lateness below this is what every timer has; it is not kept. */
const NOTEWORTHY_MS = 5;

export interface LagMonitor {
  /** The largest lateness since this `performance.now()`, milliseconds; a tick that is overdue right now included. */
  maxSince(startedAtMs: number): number;
  stop(): void;
}

export function startLagMonitor(): LagMonitor {
  const samples: { readonly atMs: number; readonly lagMs: number }[] = [];
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const atMs = performance.now();
    const lagMs = atMs - lastMs - TICK_MS;
    lastMs = atMs;
    if (lagMs >= NOTEWORTHY_MS) {
      samples.push({ atMs, lagMs });
    }
  }, TICK_MS);
  timer.unref();
  return {
    maxSince(startedAtMs) {
      let max = Math.max(0, performance.now() - lastMs - TICK_MS);
      for (const sample of samples) {
        if (sample.atMs >= startedAtMs) {
          max = Math.max(max, sample.lagMs);
        }
      }
      return max;
    },
    stop: () => clearInterval(timer),
  };
}
