import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ScriptedServer } from '../client/testing/scripted-server.js';
import { CAPABILITIES, createContractService } from './service.js';

interface Told {
  readonly number: string | undefined;
  readonly message: unknown;
}

let service: Server;
let url: string;
let stopped: boolean;
let harness: ScriptedServer | undefined;
let listener: Server;
let told: Told[];

beforeEach(async () => {
  stopped = false;
  told = [];
  service = createContractService(() => {
    stopped = true;
  });
  listener = createServer((request, response) => {
    const number = request.url?.replace('/calls/', '');
    json(request).then(
      (message) => {
        told.push({ number, message });
        response.end();
      },
      () => response.destroy(),
    );
  });
  url = await listen(service);
});

afterEach(async () => {
  await Promise.all([stop(service), stop(listener), harness?.stop()]);
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Orders a stream that the scripted server answers; gives the URL of its resource. */
async function order(members: Record<string, unknown>, ...answers: readonly Answer[]): Promise<URL> {
  harness = await ScriptedServer.start(...answers);
  const callbackUrl = `${await listen(listener)}/calls/`;
  const body = JSON.stringify({ streamUrl: harness.url, callbackUrl, initialDelayMs: 10, tag: 'a test', ...members });
  const answer = await fetch(url, { method: 'POST', body });
  expect(answer.status).toBe(201);
  return new URL(answer.headers.get('Location') ?? '', url);
}

const events = (text: string): Answer => {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(text);
  };
};
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });

it('says what it can do', async () => {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ capabilities: [...CAPABILITIES] });
});

describe('a stream', () => {
  it('is reported event by event, numbered, whatever the type', async () => {
    await order({}, events('data: a\ndata: b\n\nevent: greeting\nid: 1\ndata: hello\n\n: comment\n\n'));
    await eventually(() => told.length).toBe(2);
    expect(told).toEqual([
      { number: '1', message: { kind: 'event', event: { type: 'message', data: 'a\nb' } } },
      { number: '2', message: { kind: 'event', event: { type: 'greeting', data: 'hello', id: '1' } } },
    ]);
  });

  it('is reported in full where that is ordered', async () => {
    const complete = 'event: complete\nid: 1\ndata: {"reason":"done"}\n\n';
    await order({ reports: true }, events(complete));
    await eventually(() => told.map(({ message }) => message)).toContainEqual({
      kind: 'report',
      report: expect.objectContaining({ type: 'state', state: 'completed', reason: 'done' }),
    });
    expect(told.map(({ message }) => message)).toContainEqual({
      kind: 'report',
      report: expect.objectContaining({ type: 'event', event: 'complete', id: '1' }),
    });
  });

  it('sends the method, the headers and the body that were ordered', async () => {
    await order({ method: 'POST', headers: { 'x-a': 'b' }, body: 'question' }, events('data: a\n\n'));
    await eventually(() => told.length).toBe(1);
    const [request] = harness?.requests ?? [];
    expect(request).toMatchObject({ method: 'POST', headers: { 'x-a': 'b' } });
    expect(request?.headers['content-length']).toBe('8');
  });

  it('is resumed, and its loss reported', async () => {
    const cut: Answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('id: 1\ndata: a\n\n');
    };
    await order({}, cut, events('id: 2\ndata: b\n\n'));
    await eventually(() => told.length).toBe(3);
    expect(told.map(({ message }) => message)).toMatchObject([
      { kind: 'event' },
      { kind: 'error' },
      { kind: 'event', event: { data: 'b' } },
    ]);
    expect(harness?.requests[1]?.headers['last-event-id']).toBe('1');
  });

  it('is given up after the read timeout that was ordered', async () => {
    await order({ readTimeoutMs: 100 }, events('data: a\n\n'));
    await eventually(() => harness?.requests.length).toBeGreaterThan(1);
  });

  it('is closed by DELETE, and then unknown', async () => {
    const resource = await order({}, events('data: a\n\n'));
    await eventually(() => told.length).toBe(1);
    expect((await fetch(resource, { method: 'POST', body: '{"command":"restart"}' })).status).toBe(400);
    expect((await fetch(resource, { method: 'DELETE' })).status).toBe(204);
    await eventually(() => harness?.requests[0]?.socket.destroyed).toBe(true);
    expect((await fetch(resource, { method: 'DELETE' })).status).toBe(404);
  });
});

it.each([
  ['nonsense', 'expected a JSON object'],
  ['[]', 'expected a JSON object'],
  ['{"streamUrl":"file:///etc/passwd","callbackUrl":"http://127.0.0.1/"}', 'expected "streamUrl" to be an HTTP URL'],
  ['{"streamUrl":"http://127.0.0.1/"}', 'expected "callbackUrl" to be a string'],
  ['{"method":"REPORT"}', 'expected "method" to be GET or POST'],
])('refuses %s', async (body, reason) => {
  const answer = await fetch(url, { method: 'POST', body });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(reason);
});

it('stops when it is told to', async () => {
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(204);
  await eventually(() => stopped).toBe(true);
});
