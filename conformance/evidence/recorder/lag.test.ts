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
