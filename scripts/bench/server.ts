/** `npm run bench:server`: the reference server beside others, in one run, each and its readers in processes of their own. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { builtFile } from '../testing/built.js';

const folder = packageFile('docs', 'results', 'bench');
const CONTENDERS = ['raw', 'reference', 'better-sse', 'fastify-sse', 'hono'];
const MODES = ['broadcast', 'distinct'];

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '100,1000' },
    events: { type: 'string', default: '200000' },
    repeat: { type: 'string', default: '3' },
    contenders: { type: 'string', default: CONTENDERS.join(',') },
    modes: { type: 'string', default: MODES.join(',') },
  },
});

interface Measurement {
  readonly eventsPerSecond: number;
  /** Of the server, on all cores: what a busy machine cannot distort much. */
  readonly cpuMicroseconds: number;
  /** Bytes per open stream: resident, and in use after a collection. */
  readonly resident: number;
  readonly used: number;
}

builtFile('reference/server/index.js');
installContenders();
console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  `${values.events} events of about 150 bytes a run, median of ${values.repeat} runs, contenders in turn; load of the machine ${loadavg()[0]?.toFixed(1)}\n`,
);
for (const mode of values.modes.split(',')) {
  for (const readers of values.readers.split(',').map(Number)) await compare(mode, readers);
}

async function compare(mode: string, readers: number): Promise<void> {
  const names = values.contenders.split(',');
  const measured = new Map<string, Measurement[]>(names.map((name) => [name, []]));
  for (let run = 0; run < Number(values.repeat); run += 1) {
    for (const name of names) measured.get(name)?.push(await measure(name, mode, readers));
  }
  console.log(mode === 'broadcast' ? `One stream, ${readers} readers` : `${readers} streams, one reader each`);
  console.log('\n| | events/s | of raw | CPU µs/event | of raw | KiB resident/stream | KiB used/stream | of raw |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const of = (name: string, key: keyof Measurement): number =>
    median((measured.get(name) ?? []).map((one) => one[key]));
  for (const name of names) {
    const speed = of(name, 'eventsPerSecond');
    const cells = [
      name,
      Math.round(speed),
      (speed / of('raw', 'eventsPerSecond')).toFixed(2),
      of(name, 'cpuMicroseconds').toFixed(2),
      (of('raw', 'cpuMicroseconds') / of(name, 'cpuMicroseconds')).toFixed(2),
      (of(name, 'resident') / 1024).toFixed(1),
      (of(name, 'used') / 1024).toFixed(1),
      (of(name, 'used') / of('raw', 'used')).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log('');
}

async function measure(name: string, mode: string, readers: number): Promise<Measurement> {
  const rounds = Math.max(20, Math.round(Number(values.events) / readers));
  const server = start('harness.js', [name, mode, String(readers)], ['--expose-gc']);
  const { port } = await hear(server);
  const before = await ask(server, { ask: 'memory' });
  const client = start('readers.js', [String(port), mode, String(readers)], []);
  await hear(client);
  const open = await ask(server, { ask: 'memory' });
  server.send({ rounds });
  const [{ cpuMs = 0, elapsedMs = 0, measured = 0 }, { events = 0 }] = await Promise.all([hear(server), hear(client)]);
  for (const child of [server, client]) child.disconnect();
  if (events < rounds * readers) throw new Error(`${name} lost events: ${events} of ${rounds * readers} arrived`);
  return {
    eventsPerSecond: (measured * readers * 1000) / elapsedMs,
    cpuMicroseconds: (cpuMs * 1000) / (measured * readers),
    resident: ((open.rss ?? 0) - (before.rss ?? 0)) / readers,
    used: ((open.heap ?? 0) - (before.heap ?? 0)) / readers,
  };
}

function start(file: string, args: readonly string[], execArgv: readonly string[]): ChildProcess {
  return fork(`${folder}/${file}`, [...args], { execArgv: [...execArgv], cwd: folder });
}

type Message = Readonly<Record<string, number>>;

async function hear(child: ChildProcess): Promise<Message> {
  const [heard] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof heard !== 'object' || heard === null) throw new Error(`a process of the benchmark exited with ${heard}`);
  if ('error' in heard) throw new Error(`a reader failed: ${heard.error}`);
  return heard;
}

function ask(child: ChildProcess, question: object): Promise<Message> {
  child.send(question);
  return hear(child);
}

/** The packages are no dependencies of this one: they are brought where they are used. */
function installContenders(): void {
  if (existsSync(`${folder}/node_modules`)) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the packages to compare with could not be installed');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
