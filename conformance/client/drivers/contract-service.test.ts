import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KitError } from '../../kit-error.js';
import { reportOf } from './callback-server.js';
import { contractServiceDriver } from './contract-service.js';
import type { ReportLine } from './driver.js';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

type Answering = (asked: Asked, response: ServerResponse) => void;

/** A service that notes what it is asked. */
async function serve(answer: Answering): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = await text(request);
    const one = { method: request.method ?? '', path: request.url ?? '', body: body === '' ? null : JSON.parse(body) };
    asked.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`, asked };
}

const usual: Answering = ({ method }, response) => {
  if (method === 'GET') {
    response.end(JSON.stringify({ capabilities: ['event-type-listeners', 5] }));
  } else if (method === 'POST') {
    response.writeHead(201, { Location: '/clients/1' }).end();
  } else {
    response.writeHead(204).end();
  }
};

async function start(url: string) {
  const driver = contractServiceDriver({ url });
  onTestFinished(() => driver.close());
  const lines: ReportLine[] = [];
  const session = await driver.start(
    'http://stream/',
    'whole',
    (line) => lines.push(line),
    () => 7,
  );
  return { session, lines };
}

describe('a service', () => {
  test('is asked to start a client, to listen, and to stop', async () => {
    const { url, asked } = await serve(usual);
    const { session } = await start(url);
    await session.stop();
    expect(await session.ended).toEqual({ exitCode: null, stderr: '' });
    const listened = ['content_chunk', 'heartbeat', 'complete', 'error'].map((type) => ({
      method: 'POST',
      path: '/clients/1',
      body: { command: 'listen', listen: { type } },
    }));
    expect(asked).toEqual([
      { method: 'GET', path: '/', body: null },
      {
        method: 'POST',
        path: '/',
        body: { streamUrl: 'http://stream/', callbackUrl: expect.any(String), tag: 'whole', initialDelayMs: 1_000 },
      },
      ...listened,
      { method: 'DELETE', path: '/clients/1', body: null },
    ]);
  });

  test('tells by callbacks, in the order of their counters', async () => {
    const { url, asked } = await serve(usual);
    const { session, lines } = await start(url);
    const { callbackUrl } = Object(asked[1]?.body);
    const tell = (counter: number, message: unknown) =>
      fetch(`${callbackUrl}/${counter}`, { method: 'POST', body: JSON.stringify(message) });
    await tell(2, { kind: 'error', comment: 'second' });
    await tell(1, { kind: 'event', event: { type: 'content_chunk', id: '1', data: '{}' } });
    await tell(4, { kind: 'report', report: { type: 'state', state: 'open' } });
    // The third never comes: the end does not wait for it.
    await session.stop();
    expect(lines).toEqual([
      { atMs: 7, value: { type: 'event', event: 'content_chunk', id: '1', data: '{}' } },
      { atMs: 7, value: { type: 'error', message: 'second' } },
      { atMs: 7, value: { type: 'state', state: 'open' } },
    ]);
    expect((await fetch(`${callbackUrl}/5`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  test.each([
    ['that is not there', 'http://127.0.0.1:1/', /got no answer. Start it/],
    ['that is none', undefined, /expected status 200 .*, got 404/],
  ])('%s cannot be reached', async (_name, at, reason) => {
    const { url } = await serve((_asked, response) => void response.writeHead(404).end());
    const started = start(at ?? url);
    await expect(started).rejects.toThrow(KitError);
    await expect(started).rejects.toThrow(reason);
  });

  test('that is gone before its client listens is told so', async () => {
    const { url } = await serve((asked, response) => {
      if (asked.path === '/clients/1') response.destroy();
      else usual(asked, response);
    });
    const started = start(url);
    await expect(started).rejects.toThrow(KitError);
    await expect(started).rejects.toThrow(/clients\/1 did not answer a command$/);
  });

  test('whose status never ends has no capabilities', async () => {
    const { url, asked } = await serve((one, response) => {
      if (one.method !== 'GET') {
        usual(one, response);
        return;
      }
      const timer = setInterval(() => response.write(' '.repeat(64 * 1024)), 1);
      response.once('close', () => clearInterval(timer));
    });
    const { session } = await start(url);
    await session.stop();
    expect(asked.filter(({ path }) => path === '/clients/1').map(({ method }) => method)).toEqual(['DELETE']);
  });

  test('that names no client is none', async () => {
    const { url } = await serve((_asked, response) => void response.writeHead(200).end('{}'));
    await expect(start(url)).rejects.toThrow(/expected 2xx with a Location .*, got status 200 and no Location/);
  });
});

test('a service that can report in full is asked to', async () => {
  const { url, asked } = await serve((request, response) =>
    request.method === 'GET' ? void response.end('{"capabilities":["reports"]}') : usual(request, response),
  );
  const { session } = await start(url);
  await session.stop();
  expect(asked[1]?.body).toMatchObject({ reports: true });
});

test.each([
  ['{"kind":"event","event":{"data":"d"}}', { type: 'event', event: 'message', id: null, data: 'd' }],
  ['{"kind":"error","error":"e"}', { type: 'error', message: 'e' }],
  ['{"kind":"error"}', { type: 'error' }],
  ['{"kind":"comment","comment":"c"}', undefined],
  ['{"kind":"event"}', undefined],
  ['[]', undefined],
  ['{', undefined],
])('the callback %s is read', (body, report) => {
  expect(reportOf(body)).toEqual(report);
});
