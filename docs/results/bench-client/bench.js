/**
 * Reads the same 10,000 events with each client, from memory; prints what an event costs. `npm run bench:client`.
 * Each client runs in processes of its own, in turns: in one process they would share, and spoil, each other's
 * compiled code.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contenders } from './contenders.js';
import { EVENTS } from './stream.js';

const TURNS = 9;
const READS = 25;
const one = fileURLToPath(new URL('one.js', import.meta.url));

const runs = new Map(contenders.map(({ name }) => [name, []]));
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const { name } of contenders) {
    runs.get(name)?.push(Number(execFileSync(process.execPath, [one, name, String(READS)], { encoding: 'utf8' })));
  }
}

const figures = [...runs].map(([name, costs]) => ({ name, microsecondsPerEvent: round3(Math.min(...costs)) }));
const costOf = (name) => figures.find((figure) => figure.name === name)?.microsecondsPerEvent ?? Number.NaN;
const result = {
  events: EVENTS,
  turns: TURNS,
  reads: READS,
  measured:
    'CPU time of a process for each client and turn, after warming up; the least of the turns, since other work on the machine only adds',
  node: process.version,
  clients: figures,
  ratioToParserAlone: round3(costOf('eventsource-parser, JSON parsed') / costOf('resilient-sse')),
};
for (const { name, microsecondsPerEvent } of figures) {
  console.log(`${name.padEnd(34)}${microsecondsPerEvent.toFixed(2).padStart(8)} µs an event`);
}
console.log(`ratio to eventsource-parser with JSON parsed: ${result.ratioToParserAlone}`);
writeFileSync(new URL('result.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);

function round3(value) {
  return Math.round(value * 1000) / 1000;
}
