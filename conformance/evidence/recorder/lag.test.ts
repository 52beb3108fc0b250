import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startLagMonitor } from './lag.js';

it('sees how long the event loop stood still, and when', async () => {
  const lag = startLagMonitor();
  const before = performance.now();
  await wait(30);
  const until = performance.now() + 150;
  while (performance.now() < until);
  // Overdue right now, although no timer has run yet.
  expect(lag.maxSince(before)).toBeGreaterThan(100);
  await wait(60);
  expect(lag.maxSince(before)).toBeGreaterThan(100);
  expect(lag.maxSince(performance.now())).toBeLessThan(lag.maxSince(before));
  lag.stop();
});

it('sees how long it waited for a processor, past what is normal', async () => {
  let waited = 0;
  const waitedMs = (): number => {
    waited += 90;
    return waited;
  };
  const starved = startLagMonitor({ waitedMs, countsWaiting: true });
  const busy = startLagMonitor({ waitedMs });
  const unknown = startLagMonitor({ waitedMs: () => undefined, countsWaiting: true });
  const before = performance.now();
  while (waited < 900) await wait(50);
  const own = Math.max(busy.maxSince(before), unknown.maxSince(before));
  expect(starved.maxSince(before)).toBeGreaterThan(Math.max(400, own));
  for (const monitor of [starved, busy, unknown]) monitor.stop();
});
