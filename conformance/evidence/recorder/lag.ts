/** Measures how late the kit itself runs, so that its lateness, or a starved machine's, is never taken for the target's. */
import { readFileSync } from 'node:fs';

const TICK_MS = 20;

/** Lateness below this is what every timer has; it is not kept. */
const NOTEWORTHY_MS = 5;

/** How often, in ticks, it is looked how long the kit waited for a processor, and over how many looks that is summed up. */
const TICKS_A_LOOK = 5;
const LOOKS_A_WINDOW = 10;

/** Waiting this long within one window is normal where kit and target share a machine, milliseconds. */
const NORMAL_WAIT_MS = 200;

export interface LagMonitor {
  /**
   * The largest lateness since this `performance.now()`, milliseconds; a tick that is overdue right now included. Waiting
   * for a processor counts too, as far as more than a fifth of a second within a second was spent on it.
   */
  maxSince(startedAtMs: number): number;
  stop(): void;
}

export interface LagMonitorOptions {
  /** Not where this process keeps the machine busy itself, on purpose. Default false. */
  readonly countsWaiting?: boolean;
  /** How long this thread has waited for a processor so far, milliseconds; undefined where the system does not say. */
  readonly waitedMs?: () => number | undefined;
}

export function startLagMonitor(options: LagMonitorOptions = {}): LagMonitor {
  const { countsWaiting = false, waitedMs = () => readWaitedMs('self') } = options;
  const samples: { readonly atMs: number; readonly lagMs: number }[] = [];
  const waits: number[] = [];
  let lastMs = performance.now();
  let ticks = 0;
  const keep = (lagMs: number, atMs: number): void => {
    if (lagMs >= NOTEWORTHY_MS) {
      samples.push({ atMs, lagMs });
    }
  };
  const look = (atMs: number): void => {
    const waited = waitedMs();
    if (waited !== undefined) {
      waits.push(waited);
      const before = waits.length > LOOKS_A_WINDOW ? waits.shift() : waits[0];
      keep(waited - (before ?? waited) - NORMAL_WAIT_MS, atMs);
    }
  };
  const timer = setInterval(() => {
    const atMs = performance.now();
    keep(atMs - lastMs - TICK_MS, atMs);
    lastMs = atMs;
    ticks += 1;
    if (countsWaiting && ticks % TICKS_A_LOOK === 0) {
      look(atMs);
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

/**
 * How long the main thread of a process has waited for a processor so far, milliseconds. Linux keeps account of it;
 * elsewhere, and for a process that is gone, undefined: then the event loop's lateness has to do.
 */
export function readWaitedMs(process: number | 'self'): number | undefined {
  try {
    const [, waited] = readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ');
    return waited === undefined ? undefined : Number(waited) / 1e6;
  } catch {
    return undefined;
  }
}
