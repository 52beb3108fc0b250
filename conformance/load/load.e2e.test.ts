/** `conformance load` as a process: against the reference, against twins that err once in 100,000 events, against hostile targets. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { builtFile } from '../../scripts/testing/built.js';
import { needs, programPath } from '../../scripts/testing/needs.js';
import { renderLoadPrometheus } from '../report/load-prometheus.js';
import { loadReport } from '../report/testing/load-report.js';
import { runShard } from './run-shard.js';
import { examplePlan } from './testing/example-plan.js';

const folder = mkdtempSync(join(tmpdir(), 'load-'));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Starts a compiled program and gives back what it says on its first line. */
async function start(path: string, ...args: string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [builtFile(path), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve) => lines.once('line', resolve));
  return JSON.parse(line);
}

let runs = 0;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly report: ReturnType<typeof readReport>;
}

function load(target: string, ...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  runs += 1;
  const file = join(folder, `${runs}.json`);
  const all = ['load', '--target', target, ...args, '--report', `json=${file}`, '--report', 'terminal'];
  const child = spawn(process.execPath, [builtFile('conformance/cli/main.js'), ...all]);
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, report: readReport(file, output) }));
  });
  return { child, ended };
}

function readReport(file: string, output: string) {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`no report, but: ${output}`, { cause });
  }
  if (!isOfSchema('metrics', report) || !isOfSchema('load-report', report.load)) throw new Error('no load report');
  return { metrics: report.aggregate_metrics, load: report.load };
}

const text = (value: unknown, name: string): string => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : '';
};

/** What a slow machine can keep as well. */
const patient = [
  { metric: 'mean_completion_rate_percent', bound: 'atLeast', value: 100 },
  { metric: 'total_message_loss', bound: 'atMost', value: 0 },
  { metric: 'total_duplicates', bound: 'atMost', value: 0 },
  { metric: 'p95_reconnect_time_ms', bound: 'atMost', value: 60_000 },
];

describe('against the reference', () => {
  it('meets its objectives with connections cut, and compares what is replayed', async () => {
    const { url } = await start(
      'reference/server/main.js',
      '--port',
      '0',
      '--chunk-delay',
      '10',
      '--log-level',
      'error',
    );
    const sla = join(folder, 'sla.json');
    writeFileSync(sla, JSON.stringify({ objectives: patient }));
    const { code, report, output } = await load(
      String(url),
      ...['--sla', sla],
      ...['--preset', 'concurrent', '--ramp', '1s', '--cut-rate', '30%', '--threads', '2', '--seed', '4'],
    ).ended;
    const { metrics, load: whole } = report;
    expect(whole.counts).toMatchObject({ streamsCompleted: 100, eventsUnique: 5000, lost: 0, duplicates: 0 });
    expect(whole.counts.cuts).toBeGreaterThan(20);
    expect(whole.counts.eventsReplayed).toBeGreaterThan(0);
    expect(metrics).toMatchObject({ mean_completion_rate_percent: 100, total_message_loss: 0, total_duplicates: 0 });
    expect(whole.latencies.reconnect.count).toBe(whole.counts.cuts);
    expect(whole.generators.map(({ outcome }) => outcome)).toEqual(['whole', 'whole']);
    expect(output).toContain('seed 4');
    expect(whole.why).toEqual([]);
    expect(code).toBe(0);
  });
});

/** One fault in this many events, in streams that together have a few more. */
const [MANY, FEW] = [100_000, 5_000];

async function startTwins(
  every: number,
): Promise<ReadonlyMap<string, { readonly url: string; readonly breaks: string }>> {
  const announced = await start('reference/faulty/load/main.js', '--events', '1100', '--every', String(every));
  const twins: readonly unknown[] = Array.isArray(announced.twins) ? announced.twins : [];
  const all = [announced.sound, ...twins].map(
    (one) => [text(one, 'name') || 'sound', { url: text(one, 'url'), breaks: text(one, 'breaks') }] as const,
  );
  return new Map(all);
}

describe('against twins that err once in many thousand events', () => {
  let twins: Awaited<ReturnType<typeof startTwins>>;

  beforeAll(async () => {
    twins = await startTwins(FEW);
  });

  it('names one event that was lost among 100,000', async () => {
    const twin = (await startTwins(MANY)).get('loses-one');
    const { code, report, output } = await load(twin?.url ?? '', '--streams', '100', '--ramp', '0s').ended;
    expect(code).toBe(1);
    expect(report.load).toMatchObject({ verdict: 'not-met', counts: { lost: 1 }, findingCounts: { lost: 1 } });
    expect(report.load.counts.eventsUnique).toBeGreaterThan(MANY);
    expect(report.load.findings).toMatchObject([{ kind: 'lost', requirement: 'REPLAY-006' }]);
    expect(output).toContain('lost REPLAY-006');
  });

  const atFullSpeed = (name: string) =>
    runShard(examplePlan({ target: twins.get(name)?.url ?? '', streams: 5, runId: randomBytes(8).toString('hex') }));

  it('finds nothing where nothing is wrong', async () => {
    const { counts, findingCounts } = await atFullSpeed('sound');
    expect(findingCounts).toEqual({});
    expect(counts).toMatchObject({ streamsCompleted: 5, eventsUnique: 5505 });
  });

  it.each([
    ['leaves-one-out', 'gap', { lost: 0, duplicates: 0, streamsCompleted: 5 }],
    ['doubles-one', 'duplicate', { lost: 0, duplicates: 1, streamsCompleted: 5 }],
    ['swaps-two', 'order', { lost: 0, duplicates: 0, streamsCompleted: 5 }],
    ['mixes-two-streams-up', 'foreign-trace', { lost: 0, duplicates: 0, streamsCompleted: 5 }],
  ])('names what is wrong with %s', async (name, kind, expected) => {
    const { counts, findings, findingCounts } = await atFullSpeed(name);
    expect(counts).toMatchObject(expected);
    expect(findingCounts[kind]).toBe(1);
    expect(findings.find((one) => one.kind === kind)?.requirement).toBe(twins.get(name)?.breaks);
  });
});

/** A target that is no use, and what the report must say of it. */
const hostile: readonly (readonly [string, (socket: Socket) => void, string])[] = [
  ['resets', (socket) => socket.resetAndDestroy(), 'connection reset'],
  ['speaks no HTTP', (socket) => socket.end('220 mail ready\r\n\r\n'), 'no HTTP/1.1 answer'],
  ['answers 404', (socket) => socket.end('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'), 'HTTP 404'],
  [
    'answers with a page',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhi'),
    'HTTP 200 without',
  ],
  ['floods', flood, 'an event without an end'],
];

function flood(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ');
  const bytes = Buffer.alloc(256 * 1024, 'x');
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

describe('against hostile targets', () => {
  it.each(hostile)('that %s, it ends with a clear account', async (_, answer, reason) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => answer(socket));
    });
    const url = await listen(server);
    const stop = new AbortController();
    const result = await runShard(examplePlan({ target: url, streams: 3 }), {
      signal: stop.signal,
      // A reset is tried again by the protocol; one report is enough to see it.
      onProgress: ({ failures }) => Object.keys(failures).some((one) => one.includes(reason)) && stop.abort(),
    });
    server.close();
    expect(Object.keys(result.failures).join()).toContain(reason);
    expect(result.counts).toMatchObject({ streamsStarted: 3, streamsCompleted: 0 });
  });

  it('that answer nothing, it stops waiting, and Ctrl-C gives the report so far', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    const { child, ended } = load(await listen(server), '--streams', '2', '--ramp', '0s', '--answer-timeout', '200ms');
    await new Promise<void>((resolve) => {
      let seen = 0;
      server.on('connection', () => {
        seen += 1;
        // The second time a stream asks, its first request was given up.
        if (seen === 3) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, report, output } = await ended;
    server.close();
    expect(code).toBe(130);
    expect(report.load.failures['no answer within 0.2 s']).toBeGreaterThan(0);
    expect(report.load.notes).toContain('The run was interrupted.');
    expect(output).toContain('no answer within 0.2 s');
  });

  it('that refuse, it says unreachable', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const { child, ended } = load(url, '--streams', '1', '--ramp', '0s', '--duration', '1s');
    const { code, report } = await ended;
    expect(child.exitCode).toBe(4);
    expect(code).toBe(4);
    expect(report.load.failures).toHaveProperty('connection refused');
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/stream`;
}

const promtool = needs('promtool');

it.skipIf(!promtool.met)(`writes what Prometheus reads${promtool.met ? '' : ` (${promtool.skip})`}`, () => {
  const text = renderLoadPrometheus(loadReport, { columns: 80, colour: false, unicode: true, verbose: false });
  const { stderr, status } = spawnSync(programPath('promtool'), ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  // It parses, and complains of the two names alone that the resilience test report gave.
  const complaints = stderr
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(complaints).toEqual(['sse_reconnect_time_ms', 'sse_total_events_received']);
  expect(status).toBe(3);
});
