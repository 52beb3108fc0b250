import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { KitError } from '../../kit-error.js';
import { commandDriver } from './command.js';
import type { ReportLine } from './driver.js';
import { LINES, STDERR_BYTES } from './limits.js';
import { ReportIntake } from './report-intake.js';

const URL_OF_STREAM = 'http://127.0.0.1:1/whole/stream?stream_id=a';

async function start(script: string) {
  const driver = commandDriver({ command: `"${process.execPath}" -e "${script}"` });
  onTestFinished(() => driver.close());
  const lines: ReportLine[] = [];
  const session = await driver.start(
    URL_OF_STREAM,
    'whole',
    (line) => lines.push(line),
    () => 7,
  );
  return { session, lines };
}

test('a client is told the URL, and what it prints is a report with its time', async () => {
  const print = (expression: string) => `console.log(JSON.stringify({ type: 'error', message: ${expression} }))`;
  const script = `${print('process.env.SSE_URL')};console.log('loading…');${print("'{url}'")};${print('process.env.SSE_SCENARIO')};console.error('bye');process.exitCode=3`;
  const { session, lines } = await start(script);
  expect(await session.ended).toEqual({ exitCode: 3, stderr: 'bye\n' });
  expect(lines).toEqual(
    [URL_OF_STREAM, URL_OF_STREAM, 'whole'].map((message) => ({ atMs: 7, value: { type: 'error', message } })),
  );
});

test('a client that hangs, and its children, are stopped', async () => {
  const child = "require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' })";
  const { session, lines } = await start(
    `console.log(JSON.stringify({ pid: ${child}.pid }));process.on('SIGTERM', () => 0);setInterval(() => 0, 1000)`,
  );
  await expect.poll(() => lines.length).toBe(1);
  await session.stop();
  expect(await session.ended).toEqual({ exitCode: null, stderr: '' });
  const [line] = lines;
  const pid = Number(Reflect.get(Object(line?.value), 'pid'));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

/** A process that has ended and that nobody has asked for is dead, too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(statusOf(pid));
  } catch {
    return false;
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

test('a client that floods its output costs a bounded memory', async () => {
  const { session, lines } = await start(
    `const line = JSON.stringify({ type: 'diagnostic', message: 'x'.repeat(1000) }) + '\\n';const flood = () => { while (process.stdout.write(line)); process.stderr.write('y'.repeat(9999)); process.stdout.once('drain', flood); };flood()`,
  );
  await expect.poll(() => lines.length, { timeout: 15_000 }).toBeGreaterThan(LINES);
  await session.stop();
  expect((await session.ended).stderr.length).toBeLessThanOrEqual(STDERR_BYTES);
  const intake = new ReportIntake();
  lines.forEach(intake.take);
  expect(intake.reports).toHaveLength(LINES);
  expect(intake.ignored).toBe(lines.length - LINES);
});

test('a command that does not exist is told in one line', async () => {
  const driver = commandDriver({ command: 'no-such-client-here {url}' });
  const started = driver.start(
    URL_OF_STREAM,
    'whole',
    () => undefined,
    () => 0,
  );
  await expect(started).rejects.toThrow(KitError);
  await expect(started).rejects.toThrow(/--client: cannot start "no-such-client-here": .*ENOENT/);
});
