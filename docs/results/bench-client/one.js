/** `node one.js CLIENT READS`: lets one client read the stream so often and prints the CPU time of an event, microseconds. */
import { contenders } from './contenders.js';
import { EVENTS, memoryFetch } from './stream.js';

const WARM_UP = 30;

const [, , wanted, reads] = process.argv;
const { read } = contenders.find(({ name }) => name === wanted);

async function readOften(times) {
  for (let time = 0; time < times; time += 1) {
    const seen = await read(memoryFetch);
    if (seen !== EVENTS) throw new Error(`${wanted}: expected ${EVENTS} events, saw ${seen}`);
  }
}

await readOften(WARM_UP);
const before = process.cpuUsage();
await readOften(Number(reads));
const { user, system } = process.cpuUsage(before);
console.log((user + system) / Number(reads) / EVENTS);
