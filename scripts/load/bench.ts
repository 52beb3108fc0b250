/**
 * `npm run bench:load`: what the load generator can do on one core, against a target that only floods. Options:
 * `--streams 1000`, `--seconds 10`, `--batches 1,10`, `--idle 5000` (streams of the run that measures memory).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { decodeHistograms } from '../../conformance/load/histograms.js';
import { runShard } from '../../conformance/load/run-shard.js';
import type { LoadPlan } from '../../conformance/load/types.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    batches: { type: 'string', default: '1,10' },
    idle: { type: 'string', default: '5000' },
  },
});
const KIB = 1024;
const RAMP_MS = 2000;
/** Events a second of all streams together, where memory and not speed is measured. */
const IDLE_RATE = 5000;

async function startFlooder(...args: string[]): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const file = new URL('flooder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve) => lines.once('line', resolve));
  return { url: JSON.parse(line).url, child };
}

function planOf(target: string, streams: number): LoadPlan {
  return {
    target,
    headers: [],
    streams,
    firstStream: 0,
    stride: 1,
    allStreams: streams,
    rampMs: RAMP_MS,
    durationMs: RAMP_MS + Number(values.seconds) * 1000,
    events: null,
    network: [],
    cutRate: 0,
    slowReaders: 0,
    seed: 1,
    runId: Date.now().toString(36).padStart(8, '0'),
    answerTimeoutMs: 30_000,
    bucketMs: 1000,
  };
}

async function measure(streams: number, flags: readonly string[]): Promise<readonly string[]> {
  const { url, child } = await startFlooder(...flags);
  global.gc?.();
  const residentBefore = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let resident = 0;
  const result = await runShard(planOf(url, streams), {
    onProgress: () => {
      resident = Math.max(resident, process.memoryUsage.rss());
    },
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  child.kill('SIGKILL');
  const { counts, generators, findingCounts, timeline } = result;
  const cpuSeconds = (user + system) / 1e6;
  // Whole seconds after the ramp: the rate at which all streams ran.
  const steady = timeline.events.slice(RAMP_MS / 1000, -1);
  const best = steady.reduce((sum, events) => sum + events, 0) / Math.max(1, steady.length);
  const findings = Object.entries(findingCounts).map(([kind, count]) => `${count} ${kind}`);
  return [
    flags.join(' '),
    `${counts.requestsAnswered} of ${streams}`,
    String(Math.round(best)),
    String(Math.round(counts.eventsReceived / cpuSeconds)),
    ((1e6 * cpuSeconds) / counts.eventsReceived).toFixed(2),
    `${Math.round((100 * cpuSeconds) / seconds)}`,
    ((resident - residentBefore) / KIB / streams).toFixed(1),
    (decodeHistograms(result.histograms).lag.getValueAtPercentile(99) / 1000).toFixed(0),
    findings.length === 0 ? 'none' : findings.join(', '),
    generators.map(({ outcome }) => outcome).join(),
  ];
}

const head = [
  'flooder',
  'streams answered',
  'events/s',
  'events/s of CPU',
  'CPU µs/event',
  'CPU % of a core',
  'KiB resident/stream',
  'lag p99 ms',
  'findings',
  'outcome',
];
console.log(`Node ${process.version}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`);
console.log(`\n| ${head.join(' | ')} |\n| ${head.map(() => '---').join(' | ')} |`);
// Memory first: what the fast runs leave behind would hide it.
console.log(`| ${(await measure(Number(values.idle), ['--rate', String(IDLE_RATE)])).join(' | ')} |`);
for (const batch of values.batches.split(',')) {
  console.log(`| ${(await measure(Number(values.streams), ['--batch', batch])).join(' | ')} |`);
}
