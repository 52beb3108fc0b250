/** Which answer a request gets: methods, ids, origins, media types, trace ids, principals. */
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isOfSchema } from '../../schemas/1.0/index.js';
import type { StreamHandlerOptions } from './stream-server.js';
import { ask, type Connection, connect, parseObject } from './testing/connect.js';
import { portOf, Script, type Served, serve } from './testing/serve.js';
import { Refusal } from './types.js';

let served: Served | undefined;
let script: Script;
const start = async (options: Partial<StreamHandlerOptions> = {}): Promise<Served> => {
  script = new Script();
  served = await serve({ produce: script.produce, ...options });
  return served;
};
afterEach(() => served?.stop());

const expectProblem = (answer: Connection, status: number): void => {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const problem = parseObject(answer.text);
  expect(isOfSchema('problem', problem)).toBe(true);
  expect(problem).toMatchObject({ status, detail: expect.any(String) });
};

describe('methods', () => {
  it('GET without a stream_id creates a stream under an id of the server’s', async () => {
    const { url, at } = await start();
    script.push('a').finish();
    const first = await ask(url);
    const streamId = String(first.headers['x-stream-id']);
    expect(streamId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.headers['content-location']).toBe(`/stream/search?query=tides&stream_id=${streamId}`);
    expect((await ask(at({ stream_id: streamId }))).content()).toBe('a');
    expect(script.starts).toBe(1);
  });

  it('POST creates, names the URL to resume from, and joins what exists', async () => {
    const { url, at } = await start();
    script.push('a');
    const post = await connect(url, { method: 'POST', body: '{"question":1}', headers: { 'last-event-id': '77' } });
    await post.untilId(1);
    const there = new URL(String(post.headers['content-location']), url);
    const streamId = there.searchParams.get('stream_id') ?? '';
    expect(streamId).toBe(post.headers['x-stream-id']);
    const again = connect(at({ stream_id: streamId }), { method: 'POST', body: '{"question":1}' });
    const other = await ask(at({ stream_id: streamId }), { method: 'POST', body: '{"question":2}' });
    expectProblem(other, 409);
    const get = connect(there);
    script.finish();
    for (const reader of [post, await again, await get]) {
      await reader.ended;
      expect(reader.ids()).toEqual([1, 2]);
    }
    expect(script.starts).toBe(1);
  });

  it('HEAD gives the headers and starts nothing', async () => {
    const { at } = await start();
    const url = at({ stream_id: 'head' });
    const head = await ask(url, { method: 'HEAD' });
    expect([head.status, head.text, script.starts]).toEqual([200, '', 0]);
    script.push('a').finish();
    const get = await ask(url);
    const names = (answer: Connection): string[] =>
      Object.keys(answer.headers).filter((name) => name.startsWith('x-') || name.startsWith('c'));
    expect(names(get)).toEqual([...names(head).slice(0, -1), 'content-location', ...names(head).slice(-1)]);
    const joined = await ask(url, { method: 'HEAD' });
    expect(joined.headers['x-trace-id']).toBe(get.headers['x-trace-id']);
  });

  it('OPTIONS is answered, DELETE of nothing is not, others are not allowed', async () => {
    const { at } = await start();
    const url = at({ stream_id: 'x' });
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    const preflight = await ask(url, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toMatch(/last-event-id.*x-trace-id/i);
    expectProblem(await ask(url, { method: 'DELETE' }), 404);
    expectProblem(await ask(url, { method: 'PUT' }), 405);
    expectProblem(await ask(at({}), { method: 'DELETE' }), 404);
    expect(script.starts).toBe(0);
  });

  it('takes an existing stream_id with another value of a parameter for a mistake', async () => {
    const { at } = await start();
    script.push('a').finish();
    await ask(at({ stream_id: 'c', lang: 'en' }));
    expectProblem(await ask(at({ stream_id: 'c', query: 'moons' })), 409);
    expectProblem(await ask(at({ stream_id: 'c', lang: 'en', more: 1 })), 409);
    expect((await ask(at({ stream_id: 'c' }))).status).toBe(200);
  });
});

describe('untrusted input', () => {
  it.each(['', 'a b', 'a/b', 'ü', 'a'.repeat(129), '../x', 'a\u0000'])(
    'stream_id %j is answered with 400',
    async (id) => {
      const { at } = await start();
      expectProblem(await ask(at({ stream_id: id })), 400);
      expect(script.starts).toBe(0);
    },
  );

  it('two stream ids are answered with 400', async () => {
    const { url } = await start();
    expectProblem(await ask(new URL(`${url}&stream_id=a&stream_id=a`)), 400);
  });

  it('a body beyond the bound is answered with 413', async () => {
    const { url } = await start({ maxBodyBytes: 1000 });
    expectProblem(await ask(url, { method: 'POST', body: 'x'.repeat(1001) }), 413);
  });

  it('the application may refuse before anything starts', async () => {
    const validate = (): never => {
      throw new Refusal(422, 'no_question', 'Ask something.');
    };
    const { url } = await start({ validate });
    expectProblem(await ask(url), 422);
    expect(script.starts).toBe(0);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400],
    ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a doubled slash', 'PUT //evil/?x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ])('%s gets a problem document and hurts nobody', async (_name, bytes, status) => {
    const { server, url } = await start();
    const socket = connectSocket(portOf(server), '127.0.0.1');
    socket.end(bytes);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    await once(socket, 'close');
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain('application/problem+json');
    script.finish();
    expect((await ask(url)).status).toBe(200);
  });
});

describe('Accept', () => {
  it.each([
    ['text/event-stream', 200],
    ['*/*', 200],
    ['text/*;q=0.1, application/json', 200],
    ['TEXT/EVENT-STREAM; charset=utf-8', 200],
    ['', 200],
    ['application/json', 406],
    ['text/event-stream;q=0, application/json', 406],
    ['text/event-stream;q=0.000, */*', 406],
    ['text/event-streams', 406],
  ])('%j is answered with %i', async (accept, status) => {
    const { url } = await start();
    script.finish();
    const answer = await ask(url, { headers: { accept } });
    if (status === 406) expectProblem(answer, 406);
    else expect(answer.status).toBe(200);
  });
});

describe('origins', () => {
  const origin = 'https://app.example';
  it('may all read by default, without credentials', async () => {
    const { url } = await start();
    script.finish();
    const { headers } = await ask(url, { headers: { origin } });
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    const parameters = Object.keys(headers).filter((name) => /^x-(stream|trace|heart|silence|replay)/.test(name));
    expect(parameters).toHaveLength(7);
    for (const name of parameters) {
      expect(headers['access-control-expose-headers']?.toLowerCase()).toContain(name);
    }
  });

  it('may be listed; others get no leave', async () => {
    const { url } = await start({ allowedOrigins: [origin] });
    script.finish();
    const listed = await ask(url, { headers: { origin } });
    expect(listed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    for (const method of ['GET', 'OPTIONS']) {
      const stranger = await connect(url, { method, headers: { origin: 'https://evil.example' } });
      stranger.close();
      expect(stranger.headers.vary).toBe('Origin');
      expect(Object.keys(stranger.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('pages of other origins', () => {
  it('start no streams where they may not read', async () => {
    const { at } = await start({ allowedOrigins: ['https://app.example'] });
    script.push('a');
    const from = (origin: string, site: string, id: string): Promise<Connection> =>
      connect(at({ stream_id: id }), { headers: { origin, 'sec-fetch-site': site } });
    expect((await from('https://evil.example', 'cross-site', '1')).status).toBe(403);
    expect(script.starts).toBe(0);
    expect((await from('https://app.example', 'cross-site', '2')).status).toBe(200);
    expect((await from('https://api.example', 'same-origin', '3')).status).toBe(200);
  });
});

describe('trace ids', () => {
  const hex = '0af7651916cd43dd8448eb211c80319c';
  const own = /^[0-9a-f]{32}$/;
  it.each([
    ['a well-formed X-Trace-ID', { 'x-trace-id': 'req-1.A_b' }, /^req-1\.A_b$/],
    ['a traceparent', { traceparent: `00-${hex}-b7ad6b7169203331-01` }, new RegExp(hex)],
    ['X-Trace-ID before traceparent', { 'x-trace-id': 'mine', traceparent: `00-${hex}-b7ad6b7169203331-01` }, /^mine$/],
    ['a later version of traceparent', { traceparent: `cc-${hex}-b7ad6b7169203331-01-more` }, new RegExp(hex)],
  ])('%s is taken', async (_name, headers, expected) => {
    const { url } = await start();
    script.push('a').finish();
    const answer = await ask(url, { headers });
    expect(answer.headers['x-trace-id']).toMatch(expected);
    expect(script.traceId).toMatch(expected);
    for (const { data } of answer.events) expect(parseObject(data).trace_id).toMatch(expected);
  });

  it.each([
    [{ 'x-trace-id': '<script>alert(1)</script>' }],
    [{ 'x-trace-id': 'a'.repeat(129) }],
    [{ 'x-trace-id': ['a', 'b'] }],
    [{ 'x-trace-id': 'é' }],
    [{ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
    [{ traceparent: `00-${hex}-${'0'.repeat(16)}-01` }],
    [{ traceparent: `ff-${hex}-b7ad6b7169203331-01` }],
    [{ traceparent: `00-${hex}-b7ad6b7169203331-01-more` }],
    [{ traceparent: `00-${hex.toUpperCase()}-b7ad6b7169203331-01` }],
  ])('%j is replaced', async (headers) => {
    const { url } = await start();
    script.finish();
    const answer = await ask(url, { headers });
    expect(answer.headers['x-trace-id']).toMatch(own);
    expect(answer.headers['x-trace-id']).not.toBe(hex);
  });
});

describe('authorization', () => {
  const authorize: NonNullable<StreamHandlerOptions['authorize']> = (request) => {
    const [, name] = /^Bearer (\w+)$/.exec(request.header('authorization') ?? '') ?? [];
    if (name === undefined) return { refuse: 401, challenge: 'Bearer realm="streams"' };
    return name === 'mallory' ? { refuse: 403, detail: 'Not you.' } : { principal: name };
  };
  const as = (name: string): { headers: { authorization: string } } => ({
    headers: { authorization: `Bearer ${name}` },
  });

  it('is asked on creation, joining, resumption, HEAD and DELETE', async () => {
    const { at } = await start({ authorize });
    script.push('a').finish();
    await ask(at({ stream_id: 's' }), as('alice'));
    const urls = [at({ stream_id: 'new' }), at({ stream_id: 's' }), at({ stream_id: 's', last_event_id: 1 })];
    for (const url of urls) {
      const anonymous = await ask(url);
      expectProblem(anonymous, 401);
      expect(anonymous.headers['www-authenticate']).toContain('streams');
      expectProblem(await ask(url, as('mallory')), 403);
    }
    expect((await ask(at({ stream_id: 's' }), { method: 'HEAD' })).status).toBe(401);
    expectProblem(await ask(at({ stream_id: 's' }), { method: 'DELETE' }), 401);
    expect(script.starts).toBe(1);
  });

  it('keeps the streams of principals apart', async () => {
    const { at } = await start({ authorize });
    script.push('alice’s');
    const hers = await connect(at({ stream_id: 's' }), as('alice'));
    await hers.untilId(1);
    expectProblem(await ask(at({ stream_id: 's' }), { method: 'DELETE', ...as('bob') }), 404);
    const resumed = await ask(at({ stream_id: 's', last_event_id: 1 }), as('bob'));
    expect(resumed.ofType('error')).toMatchObject([{ code: 'unknown_cursor' }]);
    const his = await connect(at({ stream_id: 's' }), as('bob'));
    expect(script.starts).toBe(2);
    expect((await ask(at({ stream_id: 's' }), { method: 'DELETE', ...as('alice') })).status).toBe(204);
    await hers.ended;
    expect(hers.ofType('complete')).toMatchObject([{ reason: 'cancelled' }]);
    expect(his.content()).toBe('');
    his.close();
  });
});
