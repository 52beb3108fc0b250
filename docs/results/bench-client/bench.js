/** Reads the same 10,000 events with each client, from memory, in turns; prints what an event costs. `npm run bench:client`. */
import { writeFileSync } from 'node:fs';
import { contenders } from './contenders.js';
import { EVENTS, memoryFetch } from './stream.js';

const ROUNDS = 25;
const WARM_UP = 5;

const runs = new Map(contenders.map(({ name }) => [name, []]));
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  for (const { name, read } of contenders) {
    const before = process.cpuUsage();
    const seen = await read(memoryFetch);
    const { user, system } = process.cpuUsage(before);
    if (seen !== EVENTS) throw new Error(`${name}: expected ${EVENTS} events, saw ${seen}`);
    if (round >= WARM_UP) runs.get(name)?.push((user + system) / EVENTS);
  }
}

const figures = [...runs].map(([name, costs]) => ({ name, microsecondsPerEvent: round3(median(costs)) }));
const costOf = (name) => figures.find((figure) => figure.name === name)?.microsecondsPerEvent ?? Number.NaN;
const result = {
  events: EVENTS,
  rounds: ROUNDS,
  measured: 'CPU time of the process, median over the rounds, so that a busy machine does not count',
  node: process.version,
  clients: figures,
  ratioToParserAlone: round3(costOf('eventsource-parser, JSON parsed') / costOf('resilient-sse')),
};
for (const { name, microsecondsPerEvent } of figures) {
  console.log(`${name.padEnd(34)}${microsecondsPerEvent.toFixed(2).padStart(8)} µs an event`);
}
console.log(`ratio to eventsource-parser with JSON parsed: ${result.ratioToParserAlone}`);
writeFileSync(new URL('result.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function round3(value) {
  return Math.round(value * 1000) / 1000;
}
