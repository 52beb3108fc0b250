import { describe, expect, it } from 'vitest';
import { chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import type { RecordedConnection } from '../../evidence/types.js';
import { http } from './http.js';
import { findingsOf, outcomeOf } from './http-tests.fixture.js';

const ORIGIN = 'https://app.example';
const EXPOSED =
  'X-Trace-ID, X-Stream-ID, X-Stream-Max-Seconds, X-Heartbeat-Interval, X-Silence-Threshold, X-Stream-Protocol';

type Headers = Readonly<Record<string, string | null>>;

const get = (headers: Headers): RecordedConnection =>
  connection({
    label: 'cross-origin',
    requestHeaders: { Origin: ORIGIN },
    headers,
    sse: [
      [20, heartbeatText()],
      [30, chunkText(1)],
    ],
  });

const options = (label: string, status: number, headers: Headers = {}): RecordedConnection =>
  connection({
    label,
    method: 'OPTIONS',
    requestHeaders:
      label === 'preflight' ? { Origin: ORIGIN, 'Access-Control-Request-Method': 'GET' } : { Accept: '*/*' },
    status,
    headers: Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  });

const cors = (...connections: readonly RecordedConnection[]) => scenario('cors', connections);

const OPEN = { 'Access-Control-Allow-Origin': ORIGIN, 'Access-Control-Expose-Headers': EXPOSED };
const ALLOWED = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'last-event-id, X-TRACE-ID, A' };

describe('HTTP-015', () => {
  it.each([EXPOSED, EXPOSED.toLowerCase(), `A,${EXPOSED}`, '*'])('takes %s', (value) => {
    const headers = { ...OPEN, 'Access-Control-Expose-Headers': value };
    expect(outcomeOf(http['HTTP-015'], cors(get(headers)))).toBe('right');
  });

  it.each(EXPOSED.split(', '))('is wrong without %s', (name) => {
    const value = EXPOSED.split(', ')
      .filter((other) => other !== name)
      .join(', ');
    const headers = { ...OPEN, 'Access-Control-Expose-Headers': value };
    expect(findingsOf(http['HTTP-015'], cors(get(headers)))[0]).toContain(`that lists ${name} |`);
  });

  it('is wrong without the header, and for a wildcard where credentials are allowed', () => {
    expect(outcomeOf(http['HTTP-015'], cors(get({ 'Access-Control-Allow-Origin': '*' })))).toBe('wrong');
    const credentials = { 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Expose-Headers': '*' };
    expect(outcomeOf(http['HTTP-015'], cors(get({ ...OPEN, ...credentials })))).toBe('wrong');
  });

  it('asks for no header that the answer does not have', () => {
    const headers = {
      ...OPEN,
      'X-Stream-Protocol': null,
      'Access-Control-Expose-Headers': EXPOSED.replace(', X-Stream-Protocol', ''),
    };
    expect(outcomeOf(http['HTTP-015'], cors(get(headers)))).toBe('right');
  });

  it('does not apply where no other origin may read', () => {
    expect(outcomeOf(http['HTTP-015'], cors(get({})))).toBe('not-applicable');
  });
});

describe('HTTP-016', () => {
  it('takes both headers in any case', () => {
    expect(outcomeOf(http['HTTP-016'], cors(options('preflight', 204, ALLOWED), get(OPEN)))).toBe('right');
  });

  it.each(['Last-Event-ID', 'X-Trace-ID', null])('is wrong for %s alone', (value) => {
    const headers = { ...ALLOWED, 'Access-Control-Allow-Headers': value };
    expect(outcomeOf(http['HTTP-016'], cors(options('preflight', 204, headers), get(OPEN)))).toBe('wrong');
  });

  it('is wrong where the GET allows the origin and its preflight does not', () => {
    expect(outcomeOf(http['HTTP-016'], cors(options('preflight', 204), get(OPEN)))).toBe('wrong');
  });

  it('leaves a preflight that fails to HTTP-017', () => {
    const run = cors(options('preflight', 404), get(OPEN));
    expect(outcomeOf(http['HTTP-016'], run)).toBe('not-observed');
    expect(outcomeOf(http['HTTP-017'], run)).toBe('wrong');
  });

  it('does not apply where no other origin may read', () => {
    expect(outcomeOf(http['HTTP-016'], cors(options('preflight', 204), get({})))).toBe('not-applicable');
  });
});

describe('HTTP-017', () => {
  it.each([200, 204])('takes %d', (status) => {
    expect(outcomeOf(http['HTTP-017'], cors(options('options', status), get({})))).toBe('right');
  });

  it.each([401, 403, 404, 405, 500])('is wrong for %d', (status) => {
    expect(outcomeOf(http['HTTP-017'], cors(options('options', status), get({})))).toBe('wrong');
  });

  it('says nothing about a target that is busy, or that serves no stream', () => {
    expect(outcomeOf(http['HTTP-017'], cors(options('options', 503), get({})))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-017'], cors(options('options', 204)))).toBe('not-observed');
  });
});
