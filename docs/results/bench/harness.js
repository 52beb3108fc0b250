/** Runs one contender as a process: `node --expose-gc harness.js <contender> <broadcast|distinct> <readers>`, driven over IPC. */
import { setTimeout } from 'node:timers/promises';

const [, , name, mode, readers] = process.argv;
const BACKLOG_BYTES = 128 * 1024;
const ROUNDS_BETWEEN_LOOKS = 8;

const { create } = await import(`./contenders/${name}.js`);
const { server, tick, finish } = await create({ mode, readers: Number(readers) });
const sockets = new Set();
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

const immediate = () => new Promise((resolve) => setImmediate(resolve));
const backlog = () => {
  for (const socket of sockets) if (socket.writableLength > BACKLOG_BYTES) return true;
  return false;
};

/** One event to every reader a turn, as fast as the network takes them. The first quarter warms up and is not measured. */
async function run(rounds) {
  const warm = rounds >> 2;
  let before = process.cpuUsage();
  let startedAt = performance.now();
  for (let round = 1; round <= rounds; round += 1) {
    await tick(round);
    await immediate();
    if (round === warm) {
      before = process.cpuUsage();
      startedAt = performance.now();
    }
    if (round % ROUNDS_BETWEEN_LOOKS === 0) while (backlog()) await setTimeout(1);
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ cpuMs: (user + system) / 1000, elapsedMs: performance.now() - startedAt, measured: rounds - warm });
  finish();
}

process.on('message', ({ ask, rounds }) => {
  if (ask === 'memory') {
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heap: heapUsed + external });
  } else {
    void run(rounds);
  }
});
process.on('disconnect', () => process.exit());
