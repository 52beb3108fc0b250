import { describe, expect, it } from 'vitest';
import { type ConnectionLiteral, chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import { http } from './http.js';
import { entropyBoundOf } from './http-entropy.js';
import { findingsOf, outcomeOf, type Sse } from './http-tests.fixture.js';

const URL_OF_POST = 'http://target.test/stream?query=x';
const UUIDS = [
  '5f0c6a52-9f1c-4a59-8f0e-0d7f4d1f4f52',
  'a8098c1a-f86e-41da-bd1a-00112444be1e',
  '6fa459ea-ee8a-4ca4-894e-db77e160355e',
  '16fd2706-8baf-433b-82eb-8c7fada847da',
];

const parts = (id: string, atMs = 20, trace = 'trace-1'): Sse => [
  [atMs, heartbeatText({ stream_id: id, trace_id: trace })],
  [atMs + 10, chunkText(1, { trace_id: trace })],
];

const post = (
  id: string,
  literal: ConnectionLiteral = {},
  location: string | null = `/stream?query=x&stream_id=${id}`,
) =>
  connection({
    label: 'post',
    method: 'POST',
    url: URL_OF_POST,
    headers: { 'X-Stream-ID': id, 'Content-Location': location },
    sse: parts(id),
    ...literal,
  });

const join = (id: string, literal: ConnectionLiteral = {}) =>
  connection({
    label: 'join',
    sentAtMs: 100,
    url: `http://target.test/stream?query=x&stream_id=${id}`,
    headers: { 'X-Stream-ID': id },
    sse: parts(id, 120),
    ...literal,
  });

const create = (...connections: readonly ReturnType<typeof connection>[]) => scenario('create', connections);

describe('HTTP-027', () => {
  it('is right for a URL whose GET joins the stream', () => {
    expect(outcomeOf(http['HTTP-027'], create(post('a1'), join('a1')))).toBe('right');
    const absolute = post('a1', {}, 'http://target.test/stream?query=x&stream_id=a1');
    expect(outcomeOf(http['HTTP-027'], create(absolute, join('a1')))).toBe('right');
  });

  it.each([null, '', 'http://elsewhere.test/stream?stream_id=a1', 'http://['])('is wrong for %s', (location) => {
    expect(outcomeOf(http['HTTP-027'], create(post('a1', {}, location)))).toBe('wrong');
  });

  it('is wrong where the GET finds nothing or another stream', () => {
    expect(outcomeOf(http['HTTP-027'], create(post('a1'), join('a1', { status: 404, sse: [] })))).toBe('wrong');
    const other = join('b2', { headers: { 'X-Stream-ID': 'b2', 'X-Trace-ID': 't2' }, sse: parts('b2', 120, 't2') });
    expect(outcomeOf(http['HTTP-027'], create(post('a1'), other))).toBe('wrong');
  });

  it('leaves a wrong stream id header and a second generation to their own requirements', () => {
    const odd = join('a1', { headers: { 'X-Stream-ID': 'odd' } });
    expect(outcomeOf(http['HTTP-027'], create(post('a1'), odd))).toBe('right');
    const again = join('a1', { headers: { 'X-Stream-ID': 'a1', 'X-Trace-ID': 't2' }, sse: parts('a1', 120, 't2') });
    expect(outcomeOf(http['HTTP-027'], create(post('a1'), again))).toBe('right');
  });

  it('does not apply where POST is not offered, and is not observed where it is refused', () => {
    const served = scenario('read-through', [connection({ sse: parts('stream-1') })]);
    const refused = (status: number) => post('a1', { status, headers: [], sse: [] });
    expect(outcomeOf(http['HTTP-027'], served, create(refused(405)))).toBe('not-applicable');
    expect(outcomeOf(http['HTTP-027'], served, create(refused(429)))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-027'], create(refused(405)))).toBe('not-observed');
  });
});

describe('HTTP-028', () => {
  const chosen = (literal: ConnectionLiteral) => scenario('read-through', [connection(literal)]);

  it('is right for the id of the query and of the path', () => {
    expect(outcomeOf(http['HTTP-028'], chosen({ sse: parts('stream-1') }))).toBe('right');
    const inPath = { url: 'http://target.test/streams/stream-1/events', sse: parts('stream-1') };
    expect(outcomeOf(http['HTTP-028'], chosen(inPath))).toBe('right');
  });

  it('is wrong where header and heartbeat name another', () => {
    expect(findingsOf(http['HTTP-028'], chosen({ headers: { 'X-Stream-ID': 'mine' }, sse: parts('mine') }))).toEqual([
      'the stream id "stream-1" that the request chose | the stream id "mine" and "mine"',
    ]);
  });

  it('is right where one of them is right: the other has a requirement of its own', () => {
    expect(outcomeOf(http['HTTP-028'], chosen({ headers: { 'X-Stream-ID': 'odd' }, sse: parts('stream-1') }))).toBe(
      'right',
    );
    expect(outcomeOf(http['HTTP-028'], chosen({ headers: { 'X-Stream-ID': null }, sse: parts('stream-1') }))).toBe(
      'right',
    );
    expect(outcomeOf(http['HTTP-028'], chosen({ sse: parts('odd') }))).toBe('right');
  });

  const odd = (label: string, literal: ConnectionLiteral) =>
    connection({
      label,
      url: `http://target.test/stream?stream_id=${label}`,
      headers: { 'X-Stream-ID': label },
      ...literal,
    });
  const older: Sse = [[420, heartbeatText({ stream_id: 'odd-2', uptime_seconds: 0.4 }) + chunkText(1)]];
  const younger: Sse = [[420, heartbeatText({ stream_id: 'odd-2', uptime_seconds: 0.01 }) + chunkText(1)]];
  const pair = (literal: ConnectionLiteral) =>
    scenario('odd-stream-id', [odd('odd-1', { sse: parts('odd-1') }), odd('odd-2', { sentAtMs: 400, ...literal })]);

  it('is wrong where an id that differs in case alone gets the other stream, and where it is refused', () => {
    expect(outcomeOf(http['HTTP-028'], pair({ sse: younger }))).toBe('right');
    expect(findingsOf(http['HTTP-028'], pair({ sse: older }))).toEqual([
      expect.stringContaining('| the other stream, by its trace id and its age'),
    ]);
    expect(outcomeOf(http['HTTP-028'], pair({ status: 400, sse: [] }))).toBe('wrong');
  });

  it('is not observed without a chosen id or a stated one', () => {
    expect(outcomeOf(http['HTTP-028'], chosen({ url: URL_OF_POST, sse: parts('mine') }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-028'], chosen({ headers: { 'X-Stream-ID': null }, sse: [[20, chunkText(1)]] }))).toBe(
      'not-observed',
    );
  });
});

describe('HTTP-034', () => {
  const drawn = (ids: readonly string[], method = 'POST') =>
    create(...ids.map((id, index) => post(id, { label: `chosen-${index}`, method, sentAtMs: index * 10 })));

  it.each([
    ['random UUIDs', UUIDS],
    ['prefixed UUIDs', UUIDS.map((id) => `strm_${id}`)],
    ['32 hexadecimal digits', UUIDS.map((id) => id.replaceAll('-', ''))],
    [
      '21 characters of 64',
      ['V1StGXR8_Z5jdHi6B-myT', 'Uakgb_J5m9g-0JDMbcJqL', 'f8kPxZ2rQ0vN-Lw3yHs7D', 'q_1mR9tGbE4cXzUj6KoVA'],
    ],
    [
      '40 digits',
      [
        '4829104756102938475610293847561029384756',
        '9928374655647382910019283746556473829101',
        '1203948576012394857601239485760123948576',
      ],
    ],
  ])('is right for %s', (_name, ids) => {
    expect(outcomeOf(http['HTTP-034'], drawn(ids))).toBe('right');
  });

  it.each([
    ['a counter', ['stream-1', 'stream-2', 'stream-3', 'stream-4']],
    ['a padded counter', ['a', 'b', 'c'].map((end) => `${'0'.repeat(40)}${end}`)],
    ['a time with a short draw', ['1732190400123-k3v9', '1732190400140-a8c1', '1732190400151-zz01']],
    ['Math.random', ['k3v9qm2hx7b', '0a8c1zz8xk2', 'p0o9i8u7y6t', 'm1n2b3v4c5x']],
    ['UUIDs of version 7', ['01932c07-209c-7f1e-8a6b-3c1d2e4f5a6b', '01932c07-20a1-7b2c-9d3e-4f5a6b7c8d9e']],
    ['UUIDs of version 1', ['2c1d9b60-a7f3-11ef-9cd2-0242ac120002', '2c1d9e08-a7f3-11ef-9cd2-0242ac120002']],
    ['16 hexadecimal digits', ['5f0c6a529f1c4a59', 'a8098c1af86e41da', '6fa459eaee8a4ca4', '16fd27068baf433b']],
    ['the same id twice', [...UUIDS, UUIDS[0] ?? '']],
  ])('is wrong for %s', (_name, ids) => {
    expect(outcomeOf(http['HTTP-034'], drawn(ids))).toBe('wrong');
  });

  it('is not observed for one id, for hashes, for ids that the request names', () => {
    expect(outcomeOf(http['HTTP-034'], drawn(UUIDS.slice(0, 1)))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-034'], drawn(['live', 'live'], 'GET'))).toBe('not-observed');
    const named = scenario('create', [join('a1'), join('a2')]);
    expect(outcomeOf(http['HTTP-034'], named)).toBe('not-observed');
  });

  it('never bounds random ids below what they are, whatever they happen to share', () => {
    const draw = (seed: number, length: number): string => {
      let state = seed * 2654435761;
      return Array.from({ length }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 28).toString(16);
      }).join('');
    };
    for (let seed = 1; seed < 2000; seed += 1) {
      const ids = [0, 1, 2, 3].map((n) => draw(seed * 4 + n, 32));
      expect(entropyBoundOf(ids)?.bits).toBeGreaterThanOrEqual(122);
    }
  });
});
