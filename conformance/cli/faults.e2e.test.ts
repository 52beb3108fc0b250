/** `conformance faults` as a process. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../../scripts/testing/built.js';

const PROGRAM = 'conformance/cli/main.js';

async function serve(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test.each(['SIGTERM', 'SIGINT'] as const)('stands before a server until %s', async (signal) => {
  const origin = await serve();
  const profile = '{"seed":5,"faults":[{"action":"reset","after":{"events":2}}]}';
  const args = [builtFile(PROGRAM), 'faults', '--upstream', `${origin}/stream?a=1`, '--profile', profile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told = text(child.stderr);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url, profile: used } = JSON.parse(String(line));
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/stream\?a=1$/);
  expect(used).toEqual(JSON.parse(profile));
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await told).toMatch(/connection 1: reset after 2 events, \d+ bytes/);
});

test.each([
  [[], '--upstream: expected the URL of a server, got none'],
  [['--upstream', 'ftp://a'], '--upstream: expected an http:// or https:// URL'],
  [['--upstream', 'http://a', '--profile', 'slow'], '--profile: expected one of slow-3g, stall, .*, got "slow"'],
  [['--upstream', 'http://a', '--profile', '/'], '--profile: cannot read "/" \\(EISDIR\\)'],
  [['--upstream', 'http://a', '--profile', '{"down":5}'], 'expected an object at /down, got 5'],
  [
    ['--upstream', 'http://a', '--profile', '{"down"'],
    '--profile: cannot read the JSON \\(it is no JSON from character 8 on\\)',
  ],
  [['--upstream', 'https://a', '--profile', 'lossy'], 'behind https:// nobody sees events'],
  [['--upstream', 'http://a', '--listen', '70000'], 'Expected a port from 0 to 65535'],
  [['--upstream', 'http://a', '--seed', '-1'], 'Expected a whole number'],
])('wrong usage is one line: %j', (args, reason) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [builtFile(PROGRAM), 'faults', ...args], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^conformance: .*${reason}.*\\n$`));
});
