import { describe, expect, it } from 'vitest';
import { type ConnectionLiteral, chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import { http } from './http.js';
import { findingsOf, outcomeOf, type Sse } from './http-tests.fixture.js';

const heartbeat = (uptime: unknown): Sse => [[1250, heartbeatText({ uptime_seconds: uptime })]];

const head = (answer: ConnectionLiteral, get: ConnectionLiteral = {}) =>
  scenario('head', [
    connection({ label: 'head', method: 'HEAD', ...answer }),
    connection({ label: 'get-after-head', sentAtMs: 1210, sse: heartbeat(0.01), ...get }),
  ]);

const fresh = (uptime: number) =>
  scenario('read-through', [
    connection({
      sse: [
        [40, heartbeatText({ uptime_seconds: uptime })],
        [50, chunkText(1)],
      ],
    }),
  ]);

describe('HTTP-025', () => {
  it('is right for the header fields of the GET, in any order and case', () => {
    expect(outcomeOf(http['HTTP-025'], head({}))).toBe('right');
    const headers = { 'Content-Type': 'Text/Event-Stream', 'Cache-Control': 'no-store, no-transform, no-cache' };
    expect(outcomeOf(http['HTTP-025'], head({ headers }))).toBe('right');
  });

  it('is right for 405, and for another trace id', () => {
    expect(outcomeOf(http['HTTP-025'], head({ status: 405, headers: [] }))).toBe('right');
    expect(outcomeOf(http['HTTP-025'], head({ headers: { 'X-Trace-ID': 'trace-2' } }))).toBe('right');
  });

  it.each([
    'Content-Type',
    'Cache-Control',
    'X-Accel-Buffering',
    'X-Content-Type-Options',
    'X-Stream-ID',
    'X-Heartbeat-Interval',
  ])('is wrong without %s', (name) => {
    expect(findingsOf(http['HTTP-025'], head({ headers: { [name]: null } }))).toEqual([
      `status 405, or the status and header fields of the GET | no ${name}`,
    ]);
  });

  it('is wrong for another value and for another status', () => {
    expect(outcomeOf(http['HTTP-025'], head({ headers: { 'X-Stream-Max-Seconds': '60' } }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-025'], head({ status: 404 }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-025'], head({ status: 204 }))).toBe('wrong');
  });

  it('asks for no header that the GET lacks, and for no id that the server draws', () => {
    expect(
      outcomeOf(
        http['HTTP-025'],
        head({ headers: { 'X-Accel-Buffering': null } }, { headers: { 'X-Accel-Buffering': null } }),
      ),
    ).toBe('right');
    const url = 'http://target.test/stream';
    expect(outcomeOf(http['HTTP-025'], head({ url, headers: { 'X-Stream-ID': 'other' } }, { url }))).toBe('right');
  });

  const unanswered = (get: ConnectionLiteral = {}) =>
    head({ status: null, end: { atMs: 1200, by: 'kit', kind: 'timeout' } }, get);

  it('is wrong without an answer, where the GET was answered far sooner', () => {
    expect(findingsOf(http['HTTP-025'], unanswered())).toEqual([
      'status 405, or the status and header fields of the GET | no answer after 1200 ms',
    ]);
    expect(outcomeOf(http['HTTP-025'], head({ status: null, end: { by: 'target', kind: 'reset' } }))).toBe('wrong');
  });

  it('is not observed without a stream to compare with, or where that is slow too', () => {
    expect(outcomeOf(http['HTTP-025'], unanswered({ respondedAtMs: 2000, sse: [[2010, heartbeatText()]] }))).toBe(
      'not-observed',
    );
    expect(outcomeOf(http['HTTP-025'], head({ status: 405 }, { status: 405, sse: [] }))).toBe('not-observed');
  });
});

describe('HTTP-026', () => {
  it('is right for a stream that is as old as its GET', () => {
    expect(outcomeOf(http['HTTP-026'], head({}))).toBe('right');
    expect(outcomeOf(http['HTTP-026'], head({ status: 405 }, { sse: heartbeat(0) }))).toBe('right');
  });

  it('is wrong for a stream that is as old as the HEAD', () => {
    expect(findingsOf(http['HTTP-026'], head({}, { sse: heartbeat(1.24) }))).toEqual([
      'a stream that began with the GET, 1200 ms after the HEAD | its first heartbeat says that it began 1200 ms before the GET',
    ]);
    expect(outcomeOf(http['HTTP-026'], head({ status: 405 }, { sse: heartbeat(1) }))).toBe('wrong');
  });

  it('allows for a server that rounds up, and for a late first heartbeat', () => {
    expect(outcomeOf(http['HTTP-026'], fresh(1), head({}, { sse: heartbeat(1) }))).toBe('right');
    expect(outcomeOf(http['HTTP-026'], fresh(1), head({}, { sse: heartbeat(2) }))).toBe('wrong');
    const late: Sse = [[2150, heartbeatText({ uptime_seconds: 0.93 })]];
    expect(outcomeOf(http['HTTP-026'], head({}, { sse: late }))).toBe('right');
  });

  it('is right for a HEAD that was refused, with no pause before the GET', () => {
    const get = { sentAtMs: 20, sse: [[40, heartbeatText({ uptime_seconds: 0.01 })]] } as const;
    expect(outcomeOf(http['HTTP-026'], head({ status: 405 }, get))).toBe('right');
    expect(outcomeOf(http['HTTP-026'], head({}, get))).toBe('not-observed');
  });

  it('is not observed without an age', () => {
    expect(outcomeOf(http['HTTP-026'], head({}, { sse: heartbeat('x') }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-026'], head({}, { sse: [[1230, chunkText(1)]] }))).toBe('not-observed');
  });
});
