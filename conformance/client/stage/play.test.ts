import { describe, expect, test } from 'vitest';
import type { Cue } from '../scenarios/scenario.js';
import { REQUESTS } from './limits.js';
import { get, RawClient, request, target } from './testing/raw-client.js';
import { scenarioOf, staged, streamAnswer } from './testing/staging.js';

const eof = { do: 'end', how: 'eof' } as const;
const playAll = streamAnswer({ do: 'play', upToId: 9 }, eof);
const never = new AbortController().signal;

function idsIn(chunks: readonly string[]): readonly number[] {
  return chunks.flatMap((text) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)));
}

describe('the cursor', () => {
  test.each([
    ['the header', ['Last-Event-ID: 7'], '', [8, 9]],
    ['the query', [], '&last_event_id=8', [9]],
    ['the header before the query', ['Last-Event-ID: 8'], '&last_event_id=2', [9]],
    ['nothing that is malformed', ['Last-Event-ID: 8x'], '', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('is %s', async (_name, headers, query, ids) => {
    const { url } = await staged(scenarioOf([playAll]));
    const { chunks } = await get(url + query, ...headers).ended;
    expect(idsIn(chunks)).toEqual(ids);
  });

  test('counts for nothing where the script says so', async () => {
    const { url } = await staged(
      scenarioOf([
        streamAnswer({ do: 'play', upToId: 9, ignoreCursor: true, skipIds: [3] }, eof),
        streamAnswer({ do: 'play', fromId: 8, upToId: 9 }, eof),
      ]),
    );
    expect(idsIn((await get(url, 'Last-Event-ID: 5').ended).chunks)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
    expect(idsIn((await get(url, 'Last-Event-ID: 1').ended).chunks)).toEqual([8, 9]);
  });
});

describe('answers', () => {
  test('come in their order, and the last one again and again', async () => {
    const { url, play } = await staged(
      scenarioOf([
        { kind: 'status', status: 503, headers: { 'Retry-After': '2' } },
        { kind: 'status', status: 307, headers: { Location: '{self}&again=1' } },
        { kind: 'drop', how: 'close' },
        { kind: 'drop', how: 'reset' },
        { kind: 'status', status: 204 },
      ]),
    );
    const busy = await get(url).ended;
    expect(busy.head).toMatch(/^HTTP\/1\.1 503 .*\r\n(.*\r\n)*Retry-After: 2/);
    expect(busy.chunks).toEqual([expect.stringContaining('"status":503')]);
    expect((await get(url).ended).head).toContain(`Location: ${target(url)}&again=1`);
    expect(await get(url).ended).toMatchObject({ raw: '', error: undefined });
    expect(await get(url).ended).toMatchObject({ raw: '', error: 'ECONNRESET' });
    for (const _ of [5, 6]) {
      expect((await get(url).ended).raw).toMatch(/^HTTP\/1\.1 204 .*\r\n\r\n$/s);
    }
    expect(play.notes).toMatchObject({ 'answer-1': 'status 503', 'answer-3': 'drop', 'answer-6': 'status 204' });
    expect(play.close().map(({ response }) => response?.status ?? null)).toEqual([503, 307, null, null, 204, 204]);
  });

  test('of silence end when the client closes', async () => {
    const { url, play } = await staged(scenarioOf([{ kind: 'silence', atMostMs: 5_000 }]));
    const client = get(url);
    await play.asked;
    client.socket.end();
    await play.quiesce(2_000);
    expect(play.close()).toMatchObject([{ response: null, end: { by: 'target', kind: 'closed' } }]);
  });

  test.each([
    ['end', 'closed'],
    ['resetAndDestroy', 'reset'],
  ] as const)('show a client that goes first by %s', async (how, kind) => {
    const { url, play } = await staged(
      scenarioOf([streamAnswer({ do: 'heartbeat' }, { do: 'stall', atMostMs: 5_000 })]),
    );
    const client = get(url);
    await client.until('heartbeat');
    client.socket[how]();
    await play.quiesce(2_000);
    expect(play.close()).toMatchObject([{ end: { by: 'target', kind } }]);
  });

  test('are not more than a bounded number', async () => {
    const { url, play } = await staged(scenarioOf([{ kind: 'status', status: 404 }]));
    for (let count = 0; count <= REQUESTS; count += 1) {
      await get(url).ended;
    }
    expect(play.close()).toHaveLength(REQUESTS);
    expect(play.notes).toMatchObject({ requestsUnanswered: 1 });
  });
});

describe('requests', () => {
  test('are recorded as they come, credentials apart', async () => {
    const { url, play } = await staged(scenarioOf([playAll]));
    for (const secret of ['Bearer one', 'Bearer one', 'Bearer two']) {
      await get(url, `authorization: ${secret}`, 'X-Own: a').ended;
    }
    const requests = play.close().map((connection) => connection.request);
    expect(requests[0]).toMatchObject({ method: 'GET', url, headers: expect.arrayContaining([['X-Own', 'a']]) });
    const digests = requests.map(({ headers }) => headers.find(([name]) => name === 'authorization')?.[1]);
    expect(digests).toEqual([
      expect.stringMatching(/^REDACTED [0-9a-f]{8}$/),
      digests[0],
      expect.not.stringMatching(`${digests[0]}`),
    ]);
  });

  test('have a body that is kept', async () => {
    const { url, play } = await staged(scenarioOf([streamAnswer({ do: 'wait', ms: 50 }, eof)]));
    const { origin, host } = new URL(url);
    await new RawClient(origin, `POST ${target(url)} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`).ended;
    expect(play.close()).toMatchObject([{ request: { method: 'POST', body: '{}' } }]);
  });

  test('of another origin are allowed, and their preflights are no connections', async () => {
    const { url, play } = await staged(scenarioOf([playAll]));
    const asking = ['Origin: https://app.example', 'Access-Control-Request-Headers: last-event-id,x-own'];
    const preflight = await request(`OPTIONS ${target(url)} HTTP/1.1`, url, ...asking).ended;
    expect(preflight.head).toMatch(/^HTTP\/1\.1 204/);
    expect(preflight.head).toContain('Access-Control-Allow-Headers: last-event-id,x-own');
    const { head } = await get(url, 'Origin: https://app.example').ended;
    expect(head).toContain('Access-Control-Allow-Origin: https://app.example');
    expect(head).toMatch(/Access-Control-Expose-Headers: .*X-Silence-Threshold/);
    expect(play.notes).toMatchObject({ preflights: 1 });
    expect(play.close()).toHaveLength(1);
  });

  test.each([
    ['X-Trace-ID: mine-1', 'mine-1'],
    ['traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['X-Trace-ID: not <mine>', expect.stringMatching(/^[0-9a-f]{32}$/)],
  ])('choose the trace id of the stream: %s', async (header, traceId) => {
    const { url, play } = await staged(scenarioOf([playAll]));
    await get(url, header).ended;
    await get(url, 'X-Trace-ID: another').ended;
    const traceIds = play.close().map(({ response }) => response?.headers.find(([name]) => name === 'X-Trace-ID')?.[1]);
    expect(traceIds).toEqual([traceId, traceIds[0]]);
  });

  test.each(['nonsense\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`])(
    'that are none are survived',
    async (text) => {
      const { server, url } = await staged(scenarioOf([playAll]));
      await new RawClient(server.origin, text).ended;
      expect((await get(url).ended).isWhole).toBe(true);
    },
  );

  test('for no scenario get 404, and the index its page', async () => {
    const { server } = await staged(scenarioOf([playAll]));
    server.index = '<p>index';
    expect((await get(`${server.origin}/other/stream`).ended).head).toMatch(/^HTTP\/1\.1 404/);
    expect((await get(`${server.origin}/`).ended).chunks).toEqual(['<p>index']);
  });
});

describe('a play has settled', () => {
  test('when nothing follows the last expected answer', async () => {
    const { url, play } = await staged(scenarioOf([playAll]));
    await get(url).ended;
    expect(await play.settled(never)).toBe('settled');
    expect(play.clock.now()).toBeLessThan(2_000);
  });

  test('not while the client says that it is at it, nor before the last answer, nor during one', async () => {
    const busy = await staged(scenarioOf([playAll], { atMostMs: 700 }), { isBusy: () => true });
    const waiting = await staged(scenarioOf([playAll, playAll], { atMostMs: 700 }));
    const stalled = await staged(scenarioOf([streamAnswer({ do: 'stall', atMostMs: 5_000 })], { atMostMs: 700 }));
    const clients = [busy, waiting, stalled].map(({ url }) => get(url));
    const settled = await Promise.all([busy, waiting, stalled].map(({ play }) => play.settled(never)));
    expect(settled).toEqual(['bound', 'bound', 'bound']);
    for (const client of clients) {
      client.socket.destroy();
    }
  });

  test('when a client does not stop asking', async () => {
    const { url, play } = await staged(scenarioOf([playAll], { enoughRequests: 2 }));
    for (const _ of [1, 2, 3]) {
      await get(url).ended;
    }
    expect(await play.settled(never)).toBe('enough');
  });

  test('not before a slow client has had its turn, nor while it has something to tell', async () => {
    let turns = 0;
    const { url, play } = await staged(scenarioOf([playAll]), {
      onQuiet: async () => {
        turns += 1;
        if (turns === 1) {
          play.heard();
        }
        return turns === 2 ? 60 : 0;
      },
    });
    await get(url).ended;
    expect(await play.settled(never)).toBe('settled');
    expect(turns).toBeGreaterThan(2);
  });

  test('never before the first request where others start the clients', async () => {
    const { play } = await staged(scenarioOf([playAll], { atMostMs: 100 }), { startsBySelf: false });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 400);
    expect(await play.settled(stop.signal)).toBe('bound');
    expect(play.clock.now()).toBeGreaterThan(350);
  });
});

test('cues are passed on and noted, after the end of a connection too', async () => {
  const cues: Cue[] = [];
  const { url, play } = await staged(
    scenarioOf([streamAnswer(eof, { do: 'wait', ms: 20 }, { do: 'cue', cue: 'wake' })], { settleMs: 300 }),
    { onCue: async (cue) => cues.push(cue) > 0 },
  );
  await get(url).ended;
  await play.settled(never);
  expect(cues).toEqual(['wake']);
  expect(play.notes).toMatchObject({ 'cue-wake': true, 'cue-wake-atMs': expect.any(Number) });
});
