import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { findFreePort } from '../../scripts/testing/free-port.js';
import { awaitTarget } from './await-target.js';

const target = (url: string) => ({ url, occasions: {}, headers: [], choosesStreamId: true });

test('waits until the target listens, and sends nothing', async () => {
  const port = await findFreePort();
  const waiting = awaitTarget(target(`http://127.0.0.1:${port}/{stream_id}`), 20_000, new AbortController().signal);
  const heard: string[] = [];
  const server = net.createServer((socket) =>
    socket.on('data', (bytes) => heard.push(String(bytes))).on('error', () => undefined),
  );
  server.listen(port, '127.0.0.1');
  await waiting;
  server.close();
  await once(server, 'close');
  expect(heard).toEqual([]);
});

test('gives up in its time, and repeats no secret of the URL', async () => {
  const port = await findFreePort();
  const failure = await awaitTarget(
    target(`http://127.0.0.1:${port}/s?key=hidden`),
    100,
    new AbortController().signal,
  ).catch(String);
  expect(failure).toMatch(/accept connections within 0\.1 s, got ECONNREFUSED/);
  expect(failure).not.toContain('hidden');
});
