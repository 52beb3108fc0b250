/** `npm run soak [-- --streams 1000 --minutes 10]`: many streams for long, with the curves of what they cost. */
import { fork } from 'node:child_process';
import { on } from 'node:events';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Replica } from '../../reference/server/testing/replica.js';
import { availability, readTally, type Tally } from './tally.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '10' },
    /** Between two events of a stream, milliseconds: 250 makes a stream of 50 s. */
    'chunk-delay': { type: 'string', default: '250' },
    /** Between two lines of the table, seconds. */
    every: { type: 'string', default: '30' },
  },
});
const MIB = 1024 * 1024;
const NEEDED_AVAILABILITY = 99.9;

const seconds = Number(values.minutes) * 60;
const everyMs = Number(values.every) * 1000;
const server = await Replica.start(['--chunk-delay', values['chunk-delay'], '--log-level', 'error']);
const readers = fork(new URL('readers.ts', import.meta.url).pathname, [server.url, values.streams, String(seconds)], {
  execArgv: ['--import', 'tsx'],
});

console.log(
  `Node ${process.version}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}: ${values.streams} streams`,
);
console.log(`for ${values.minutes} min, an event every ${values['chunk-delay']} ms, one stream in 5 cut and resumed\n`);
console.log('| minute | open connections | events/s | CPU % of a core | resident MiB | used MiB |');
console.log('| --- | --- | --- | --- | --- | --- |');

const startedAt = performance.now();
let before = { atMs: startedAt, cpuMs: (await server.usage()).cpuMs, events: 0 };
const timer = setInterval(() => readers.connected && readers.send('tally'), everyMs);
let last: Tally | undefined;
for await (const [message] of on(readers, 'message')) {
  const { tally, over } = readTally(message);
  last = tally;
  if (over) break;
  const { used, resident, cpuMs } = await server.usage();
  const now = { atMs: performance.now(), cpuMs, events: tally.events };
  const elapsedMs = now.atMs - before.atMs;
  const cells = [
    ((now.atMs - startedAt) / 60_000).toFixed(1),
    await server.metric('sse_open_connections'),
    Math.round(((now.events - before.events) / elapsedMs) * 1000),
    (((now.cpuMs - before.cpuMs) / elapsedMs) * 100).toFixed(0),
    (resident / MIB).toFixed(0),
    (used / MIB).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  before = now;
}
clearInterval(timer);
await server.stop('SIGTERM');

if (!last) throw new Error('the readers said nothing');
const { ended, whole, events, lost, doubled, errors, resumed, failed } = last;
console.log(`\n${ended} streams, ${events} events, ${resumed} resumptions: ${whole} streams whole,`);
console.log(`${errors} ended in an error, ${failed} never ended, ${lost} events lost, ${doubled} doubled.`);
console.log(`Availability ${availability(last).toFixed(2)} %.`);
process.exitCode = availability(last) >= NEEDED_AVAILABILITY && lost + doubled === 0 ? 0 : 1;
