/** `npm run bench:faults`: how close the fault proxy comes to what a profile says, and what a thousand connections cost. */
import { cpus, loadavg } from 'node:os';
import { type Measured, measureCrowd, measureDelay, measureRate } from '../../conformance/faults/testing/measure.js';

console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}, load of the machine ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log('| | asked | seen | off by |\n| --- | --- | --- | --- |');
for (const [latencyMs, jitterMs, samples] of [
  [10, 2, 200],
  [50, 10, 60],
  [150, 30, 40],
] as const) {
  row(`delay, jitter of ${jitterMs} ms`, 'ms', await measureDelay(latencyMs, jitterMs, samples));
}
for (const [bytesPerSecond, connections] of [
  [12_500, 1],
  [1_250_000, 1],
  [6_250_000, 1],
  [125_000, 100],
] as const) {
  row(
    `rate, ${connections} at a time`,
    'kB/s',
    await measureRate(bytesPerSecond, bytesPerSecond * 3, connections),
    1000,
  );
}
const { open, waiting, firstBytesMs } = await measureCrowd(1000);
console.log(
  `\n${open} stalled connections: ${Math.round(waiting / open / 1024)} KiB wait of each, first bytes of all after ${Math.round(firstBytesMs)} ms, ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MiB resident with their servers and clients`,
);
process.exit();

function row(what: string, unit: string, { asked, seen }: Measured, divisor = 1): void {
  const offBy = `${((seen / asked - 1) * 100).toFixed(1)} %`;
  console.log(`| ${what} | ${asked / divisor} ${unit} | ${(seen / divisor).toFixed(1)} ${unit} | ${offBy} |`);
}
