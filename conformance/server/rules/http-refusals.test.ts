import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  connection,
  eventText,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import { http } from './http.js';
import { findingsOf, outcomeOf, type Sse } from './http-tests.fixture.js';

const STREAM: Sse = [
  [20, heartbeatText()],
  [30, chunkText(1)],
];
const served = scenario('read-through', [connection({ sse: STREAM })]);

const problemOf = (status: number) => JSON.stringify({ type: 'about:blank', title: 'no', status });
const refusal = (status: number, literal: ConnectionLiteral = {}, contentType = 'application/problem+json') =>
  connection({ status, headers: [['Content-Type', contentType]], sse: [[20, problemOf(status)]], ...literal });

describe('HTTP-020', () => {
  const judged = (literal: ReturnType<typeof refusal>) =>
    outcomeOf(http['HTTP-020'], served, scenario('bad-cursor', [literal]));

  it('is right for a problem, also with parameters', () => {
    expect(judged(refusal(400))).toBe('right');
    expect(judged(refusal(503, {}, 'Application/Problem+JSON; charset=utf-8'))).toBe('right');
  });

  it('is wrong where the problem names another status', () => {
    expect(judged(refusal(400, { sse: [[20, problemOf(422)]] }))).toBe('wrong');
    expect(judged(refusal(400, { sse: [[20, '{"status":"422"}']] }))).toBe('right');
  });

  it.each(['application/json', 'text/html', 'text/event-stream', 'application/problem+xml'])(
    'is wrong for %s',
    (contentType) => {
      expect(judged(refusal(400, {}, contentType))).toBe('wrong');
    },
  );

  it.each(['', 'oops', '[]', '"no"', '{"a":'])('is wrong for the body %j', (body) => {
    expect(judged(refusal(400, { sse: body === '' ? [] : [[20, body]] }))).toBe('wrong');
  });

  it('is wrong for a problem under a status of success', () => {
    expect(judged(refusal(200))).toBe('wrong');
  });

  it('does not judge a body that was cut, a HEAD, an OPTIONS or a DELETE', () => {
    expect(judged(refusal(400, { sse: [[20, '{"a"']], end: { kind: 'truncated' } }))).toBe('not-observed');
    for (const method of ['HEAD', 'OPTIONS', 'DELETE']) {
      expect(judged(refusal(405, { method, sse: [] }, 'text/plain'))).toBe('not-observed');
    }
  });

  it('does not blame the layer that reads HTTP', () => {
    expect(judged(refusal(431, { sse: [] }, 'text/plain'))).toBe('not-observed');
    const odd = { requestHeaders: { 'Last-Event-ID': '\u00fc' } };
    expect(judged(refusal(400, odd, 'text/plain'))).toBe('not-observed');
  });

  it('says nothing about a target that serves no stream', () => {
    expect(outcomeOf(http['HTTP-020'], scenario('bad-cursor', [refusal(404)]))).toBe('not-observed');
  });
});

describe('HTTP-021', () => {
  const accept = (label: string, literal: ConnectionLiteral) =>
    scenario('accept', [connection({ label, requestHeaders: { Accept: 'application/json' }, ...literal })]);

  it.each(['accept-json', 'accept-q0'])('is right for 406 to %s', (label) => {
    expect(outcomeOf(http['HTTP-021'], served, accept(label, { status: 406 }))).toBe('right');
  });

  it('is wrong for a stream, and for another refusal', () => {
    expect(outcomeOf(http['HTTP-021'], served, accept('accept-json', { sse: STREAM }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-021'], served, accept('accept-q0', { status: 415 }))).toBe('wrong');
  });

  it('asks nothing of an Accept that admits streams, of a busy target, of one without streams', () => {
    expect(outcomeOf(http['HTTP-021'], served, accept('accept-any', { status: 406 }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-021'], served, accept('accept-json', { status: 429 }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-021'], accept('accept-json', { status: 406 }))).toBe('not-observed');
  });
});

describe('HTTP-022', () => {
  const limit = (status: number, value: string | undefined) =>
    scenario('limit', [connection({ status, headers: value === undefined ? [] : [['Retry-After', value]] })]);

  it.each(['0', '120', 'Wed, 21 Oct 2026 07:28:00 GMT'])('takes %s', (value) => {
    expect(outcomeOf(http['HTTP-022'], served, limit(429, value))).toBe('right');
    expect(outcomeOf(http['HTTP-022'], served, limit(503, value))).toBe('right');
  });

  it.each([undefined, '', 'soon', '-1', '1.5', '3s'])('is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-022'], served, limit(429, value))).toBe('wrong');
    expect(outcomeOf(http['HTTP-022'], limit(503, value))).toBe('wrong');
  });

  it('is not observed at other statuses', () => {
    expect(outcomeOf(http['HTTP-022'], served, limit(500, undefined))).toBe('not-observed');
  });
});

describe('HTTP-023', () => {
  const bad = (literal: ConnectionLiteral, url = 'http://target.test/s?stream_id=a%2Fb') =>
    scenario('bad-stream-id', [connection({ label: 'bad-2', url, ...literal })], { notes: { 'bad-2': 'a/b' } });

  it('is right for 400', () => {
    expect(outcomeOf(http['HTTP-023'], served, bad({ status: 400 }))).toBe('right');
  });

  it('is wrong for a stream and for another status', () => {
    expect(findingsOf(http['HTTP-023'], served, bad({ sse: STREAM }))).toEqual([
      'status 400 for the stream_id "a/b" | status 200 with text/event-stream; charset=utf-8',
    ]);
    expect(outcomeOf(http['HTTP-023'], served, bad({ status: 422 }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-023'], served, bad({ status: 404 }))).toBe('wrong');
  });

  it('looks for an empty id in the query alone', () => {
    const empty = (url: string) =>
      scenario('bad-stream-id', [connection({ label: 'bad-5', url, sse: STREAM })], { notes: { 'bad-5': '' } });
    expect(outcomeOf(http['HTTP-023'], served, empty('http://target.test/s?stream_id='))).toBe('wrong');
    expect(outcomeOf(http['HTTP-023'], served, empty('http://target.test/s/'))).toBe('not-observed');
  });

  it('does not blame a path that leads elsewhere', () => {
    expect(outcomeOf(http['HTTP-023'], served, bad({ status: 404 }, 'http://target.test/s/a%2Fb'))).toBe(
      'not-observed',
    );
  });

  it('says nothing about a target that serves no stream', () => {
    expect(outcomeOf(http['HTTP-023'], bad({ status: 400 }))).toBe('not-observed');
  });
});

describe('HTTP-024', () => {
  const conflict = (other: ConnectionLiteral, first: ConnectionLiteral = {}) =>
    scenario('conflict', [
      connection({ sse: STREAM, ...first }),
      connection({ label: 'other', sentAtMs: 40, url: 'http://target.test/s?q=2&stream_id=stream-1', ...other }),
    ]);

  it('is right for 409', () => {
    expect(outcomeOf(http['HTTP-024'], conflict({ status: 409 }))).toBe('right');
  });

  it('is wrong for a stream and for another status', () => {
    expect(outcomeOf(http['HTTP-024'], conflict({ sse: STREAM }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-024'], conflict({ status: 400 }))).toBe('wrong');
  });

  it('is not observed without a first stream of that id', () => {
    expect(outcomeOf(http['HTTP-024'], conflict({ status: 409 }, { status: 404, sse: [] }))).toBe('not-observed');
    const sse: Sse = [[20, heartbeatText({ stream_id: 'mine' })]];
    expect(outcomeOf(http['HTTP-024'], conflict({ sse: STREAM }, { headers: { 'X-Stream-ID': 'mine' }, sse }))).toBe(
      'not-observed',
    );
  });
});

it('an error event under a status of refusal is no problem body', () => {
  const error = eventText('error', { code: 'x', message: 'x', retryable: true, trace_id: 't' });
  const run = scenario('bad-cursor', [connection({ status: 400, sse: [[20, error]] })]);
  expect(outcomeOf(http['HTTP-020'], served, run)).toBe('wrong');
  expect(outcomeOf(http['HTTP-001'], served, run)).toBe('wrong');
});
