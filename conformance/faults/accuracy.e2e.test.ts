/** Delay and rate are what a profile says. `npm run bench:faults` prints the figures; here a busy machine may be late. */
import { expect, test } from 'vitest';
import { measureCrowd, measureDelay, measureRate } from './testing/measure.js';

test.each([
  [10, 0, 40],
  [150, 30, 12],
])('a delay of %d ms and %d more or less is never too short', async (latencyMs, jitterMs, samples) => {
  const { seen } = await measureDelay(latencyMs, jitterMs, samples);
  expect(seen).toBeGreaterThan(latencyMs * 0.9);
  expect(seen).toBeLessThan(latencyMs * 5 + 100);
});

test.each([
  [12_500, 12_500],
  [1_250_000, 1_250_000],
])('%d bytes a second are never exceeded', async (bytesPerSecond, bytes) => {
  const { seen } = await measureRate(bytesPerSecond, bytes, 4);
  expect(seen).toBeLessThan(bytesPerSecond * 1.1);
  expect(seen).toBeGreaterThan(bytesPerSecond / 5);
});

test('a thousand connections are held, and no more waits of each than is bounded', async () => {
  const { open, waiting } = await measureCrowd(1000);
  expect(open).toBe(1000);
  expect(waiting / open).toBeLessThan(160 * 1024);
});
