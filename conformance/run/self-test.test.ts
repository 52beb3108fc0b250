import { once } from 'node:events';
import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { KitError } from '../kit-error.js';
import { type FaultyServers, readFaultyServers } from './faulty-servers.js';
import { selfTest } from './self-test.js';
import { startMiniServer } from './testing/mini-server.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function answering(status: number, headers: http.OutgoingHttpHeaders, body: string): Promise<string> {
  const server = http.createServer((_, response) => response.writeHead(status, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

describe('the self-test', () => {
  it('tells what was caught, missed, wrongly accused and passed vacuously', async () => {
    const broken = await startMiniServer({ capMs: 400, chunkMs: 20, chunks: 4 });
    closers.push(broken.close);
    const twin = { alsoBreaks: [], why: 'w', url: broken.url, occasions: {} };
    const faulty: FaultyServers = {
      twins: [
        { ...twin, name: 'no-cache-control', breaks: 'HTTP-003' },
        { ...twin, name: 'right-status', breaks: 'HTTP-001' },
      ],
      nulls: [
        { name: 'empty-stream', url: await answering(200, { 'Content-Type': 'text/event-stream' }, ''), mayPass: [] },
        { name: 'json', url: await answering(200, { 'Content-Type': 'application/json' }, '{}'), mayPass: [] },
      ],
    };
    const seen: string[] = [];
    const result = await selfTest({ faulty, spec: '1.0', onProgress: ({ name }) => seen.push(name) });
    expect(result.repeated.toSorted()).toEqual(['no-cache-control', 'right-status']);
    expect(seen).toHaveLength(6);
    const [caught, missed] = result.twins;
    expect(caught).toMatchObject({ caught: true, verdict: 'fail' });
    expect(caught?.evidence.length).toBeGreaterThan(0);
    expect(missed).toMatchObject({ caught: false, verdict: 'pass' });
    expect(result.missed).toEqual([{ name: 'right-status', breaks: 'HTTP-001', reason: 'pass' }]);
    expect(result.wronglyAccused.map(({ name, requirement }) => `${name} ${requirement}`)).toContain(
      'right-status HTTP-003',
    );
    expect(result.vacuous.filter(({ name }) => name === 'json')).toEqual([]);
    expect(result.kitErrors).toEqual([]);
  });

  it('is never clean over nothing', async () => {
    await expect(selfTest({ faulty: { twins: [], nulls: [] }, spec: '1.0' })).rejects.toBeInstanceOf(KitError);
  });
});

describe('the announcement of the faulty servers', () => {
  it('is read', () => {
    const twin = {
      name: 'n',
      breaks: 'HTTP-001',
      alsoBreaks: [],
      why: 'w',
      url: 'http://h/',
      occasions: { cap: 'http://h/c' },
    };
    expect(
      readFaultyServers({ twins: [twin], nulls: [{ name: 'x', url: 'http://h/', mayPass: ['HTTP-002'] }] }),
    ).toEqual({
      twins: [twin],
      nulls: [{ name: 'x', url: 'http://h/', mayPass: ['HTTP-002'] }],
    });
  });

  it.each([null, [], {}, { twins: [{}], nulls: [] }, { twins: [], nulls: [1] }])('is refused: %j', (announcement) => {
    expect(() => readFaultyServers(announcement)).toThrow(KitError);
  });
});
