import { once } from 'node:events';
import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { RecordedConnection } from '../types.js';
import { CookieJar } from './cookies.js';
import { FollowingTransport } from './following-transport.js';
import type { Recording } from './recorder.js';
import { get, recorderOf } from './testing/recording.js';
import { HttpTransport } from './transport.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Served {
  readonly origin: string;
  readonly requests: { url: string; method: string; headers: http.IncomingHttpHeaders }[];
}

async function serve(answer: (request: http.IncomingMessage, response: http.ServerResponse) => void): Promise<Served> {
  const requests: Served['requests'] = [];
  const server = http.createServer((request, response) => {
    requests.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, requests };
}

function follow(allowed: readonly string[] = []) {
  const transport = new FollowingTransport(new HttpTransport(), allowed);
  closers.push(() => transport.close());
  const ask = async (url: string, more: Partial<Recording> = {}): Promise<RecordedConnection | undefined> => {
    const recorder = recorderOf({ transport });
    await recorder.open(get(new URL(url), more)).ended;
    return recorder.recorded()[0];
  };
  return { transport, ask };
}

const secret = [
  ['Accept', 'text/event-stream'],
  ['Authorization', 'Bearer secret'],
  ['Last-Event-ID', '3'],
] as const;

describe('redirects', () => {
  it('within the origin are followed with all headers', async () => {
    const target = await serve(({ url }, response) =>
      url === '/a' ? response.writeHead(307, { Location: '/b?c=1#d' }).end() : response.end('data: 1\n\n'),
    );
    const { ask, transport } = follow();
    expect(await ask(`${target.origin}/a`, { headers: secret })).toMatchObject({
      response: { status: 200 },
      end: { by: 'target', kind: 'eof' },
    });
    expect(target.requests[1]).toMatchObject({ url: '/b?c=1', headers: { authorization: 'Bearer secret' } });
    expect(transport.notes).toHaveLength(1);
  });

  it('to another origin are an answer, unless allowed; then the configured headers stay behind', async () => {
    const other = await serve((_, response) => response.end('data: 1\n\n'));
    const target = await serve((_, response) => response.writeHead(302, { Location: `${other.origin}/b` }).end());
    const strict = follow();
    expect(await strict.ask(`${target.origin}/a`, { headers: secret })).toMatchObject({ response: { status: 302 } });
    expect(other.requests).toEqual([]);
    expect(strict.transport.notes[0]).toContain(`--allow-redirects-to ${other.origin}`);
    const open = follow([other.origin]);
    expect(await open.ask(`${target.origin}/a`, { headers: secret })).toMatchObject({ response: { status: 200 } });
    expect(other.requests[0]?.headers).toMatchObject({ 'last-event-id': '3' });
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('in a circle end', async () => {
    const target = await serve((_, response) => response.writeHead(302, { Location: '/a' }).end());
    expect(await follow().ask(`${target.origin}/a`)).toMatchObject({
      response: null,
      end: { by: 'kit', kind: 'limit', detail: 'more than 5 redirects in a row' },
    });
    expect(target.requests).toHaveLength(6);
  });

  it('after a POST become what the status says; a DELETE is never repeated elsewhere', async () => {
    const target = await serve(({ url }, response) =>
      url === '/b' ? response.end() : response.writeHead(Number(url?.slice(1)), { Location: '/b' }).end(),
    );
    const { ask } = follow();
    const body = Buffer.from('{}');
    await ask(`${target.origin}/303`, { method: 'POST', body });
    await ask(`${target.origin}/307`, { method: 'POST', body });
    expect(await ask(`${target.origin}/307`, { method: 'DELETE' })).toMatchObject({ response: { status: 307 } });
    expect(target.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /303',
      'GET /b',
      'POST /307',
      'POST /b',
      'DELETE /307',
    ]);
  });
});

describe('cookies', () => {
  it('go back to the origin and principal that they were set for, and are not stored', async () => {
    const target = await serve((_, response) =>
      response.writeHead(200, { 'Set-Cookie': 'route=node-1; Path=/' }).end(),
    );
    const { ask } = follow();
    const recorded = await ask(target.origin);
    await ask(target.origin);
    await ask(target.origin, { headers: secret });
    await ask(target.origin, { headers: [...secret, ['Cookie', 'own=1']] });
    await ask(target.origin, { headers: [...secret, ['Cookie', 'own=1']] });
    expect(target.requests.map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      'route=node-1',
      undefined,
      'own=1',
      'own=1; route=node-1',
    ]);
    expect(JSON.stringify(recorded)).not.toContain('node-1');
  });

  it('are replaced, deleted and bounded', () => {
    const jar = new CookieJar();
    jar.take('http://a', '', ['x=1', 'y=2; Max-Age=60', '=z', 'no', `l=${'x'.repeat(5000)}`]);
    expect(jar.give('http://a', '')).toBe('x=1; y=2');
    jar.take('http://a', '', ['x=3', 'y=; Max-Age=0', 'z=; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
    expect(jar.give('http://a', '')).toBe('x=3');
    expect(jar.give('http://b', '')).toBeUndefined();
    expect(jar.give('http://a', 'other')).toBeUndefined();
    jar.take(
      'http://a',
      '',
      Array.from({ length: 100 }, (_, index) => `c${index}=1`),
    );
    expect(jar.give('http://a', '')?.split('; ')).toHaveLength(50);
  });
});
