import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  eventText,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import { http } from './http.js';
import { findingsOf, outcomeOf, type Sse } from './http-tests.fixture.js';

const WHOLE: Sse = [
  [20, heartbeatText()],
  [30, chunkText(1)],
  [40, completeText(2)],
];

const REFUSAL = eventText('error', { code: 'unknown_cursor', message: 'no', retryable: true, trace_id: 'trace-1' });

const readThrough = (literal: ConnectionLiteral = {}) =>
  scenario('read-through', [connection({ sse: WHOLE, ...literal })]);

const CARRYING = ['HTTP-001', 'HTTP-002', 'HTTP-003', 'HTTP-004', 'HTTP-005'] as const;
const DECLARING = ['HTTP-006', 'HTTP-007', 'HTTP-008', 'HTTP-009', 'HTTP-010'] as const;

describe('header fields of answers that carry events', () => {
  it.each([...CARRYING, ...DECLARING, 'HTTP-012'] as const)('%s is right for a conforming answer', (id) => {
    expect(outcomeOf(http[id], readThrough())).toBe('right');
  });

  it.each([...CARRYING, ...DECLARING, 'HTTP-012'] as const)('%s is not observed without an event', (id) => {
    expect(outcomeOf(http[id], readThrough({ sse: [] }))).toBe('not-observed');
  });

  it.each([...CARRYING] as const)('%s judges refusals in band', (id) => {
    expect(outcomeOf(http[id], readThrough({ sse: [[20, REFUSAL]] }))).toBe('right');
  });

  it.each([...DECLARING, 'HTTP-012'] as const)('%s does not judge refusals in band', (id) => {
    const headers = { 'X-Stream-ID': null, 'X-Heartbeat-Interval': 'soon' };
    expect(outcomeOf(http[id], readThrough({ headers, sse: [[20, REFUSAL]] }))).toBe('not-observed');
  });

  it('a body that is JSON or a page carries no events, whatever stands in it', () => {
    const page = '<pre>\ndata: {}\n\n</pre>\n';
    const json = '{"a":\ndata: 1\n\n}';
    for (const body of [page, json]) {
      const headers = { 'Content-Type': 'text/html', 'Cache-Control': null };
      expect(outcomeOf(http['HTTP-001'], readThrough({ status: 500, headers, sse: [[20, body]] }))).toBe(
        'not-observed',
      );
      expect(outcomeOf(http['HTTP-003'], readThrough({ headers, sse: [[20, body]] }))).toBe('not-observed');
    }
  });
});

describe('HTTP-001', () => {
  it.each([201, 206, 400, 500])('is wrong for events under status %d', (status) => {
    expect(findingsOf(http['HTTP-001'], readThrough({ status }))).toEqual([
      `status 200 on an answer that carries events | status ${status}`,
    ]);
  });
});

describe('HTTP-002', () => {
  it.each(['Text/Event-Stream', 'text/event-stream;charset=utf-8', 'text/event-stream ; x="a;b"'])(
    'takes %s',
    (value) => {
      expect(outcomeOf(http['HTTP-002'], readThrough({ headers: { 'Content-Type': value } }))).toBe('right');
    },
  );

  it.each([null, '', 'text/event-streams', 'text/plain', 'application/json', 'event-stream'])(
    'is wrong for %s',
    (value) => {
      expect(outcomeOf(http['HTTP-002'], readThrough({ headers: { 'Content-Type': value } }))).toBe('wrong');
    },
  );
});

describe('HTTP-003', () => {
  it.each([
    'No-Store,no-transform,no-cache',
    'private, no-cache, no-store, no-transform, max-age=0',
    'no-cache, no-store, must-revalidate, no-transform, private="a, b"',
  ])('takes %s', (value) => {
    expect(outcomeOf(http['HTTP-003'], readThrough({ headers: { 'Cache-Control': value } }))).toBe('right');
  });

  it('takes directives over several header lines', () => {
    const headers = [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-cache'],
      ['cache-control', 'no-store, no-transform'],
    ] as const;
    expect(outcomeOf(http['HTTP-003'], readThrough({ headers }))).toBe('right');
  });

  it.each([
    null,
    'no-cache',
    'no-cache, no-store',
    'no-cache, no-transform',
    'no-store, no-transform',
    'no-cacheable, no-store, no-transform',
    'no-cache="x", no-store, no-transform',
    'x="no-cache, no-store, no-transform"',
  ])('is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-003'], readThrough({ headers: { 'Cache-Control': value } }))).toBe('wrong');
  });
});

describe('HTTP-004 and HTTP-005', () => {
  it.each([null, 'yes', 'no-way', ''])('HTTP-004 is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-004'], readThrough({ headers: { 'X-Accel-Buffering': value } }))).toBe('wrong');
  });

  it('HTTP-004 does not blame a target behind nginx, which keeps the header to itself', () => {
    const behind = (value: string | null) =>
      readThrough({ headers: { Server: 'nginx/1.26.3', 'X-Accel-Buffering': value } });
    expect(outcomeOf(http['HTTP-004'], behind(null))).toBe('not-applicable');
    expect(outcomeOf(http['HTTP-004'], behind('yes'))).toBe('wrong');
    expect(outcomeOf(http['HTTP-004'], behind('no'))).toBe('right');
  });

  it.each([null, 'sniff', ''])('HTTP-005 is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-005'], readThrough({ headers: { 'X-Content-Type-Options': value } }))).toBe('wrong');
  });
});

describe('HTTP-006', () => {
  it.each([null, '', 'a b', 'a'.repeat(129), 'stream/1'])('is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-006'], readThrough({ headers: { 'X-Stream-ID': value } }))).toBe('wrong');
  });

  it('is wrong where request and heartbeat agree on another id', () => {
    expect(outcomeOf(http['HTTP-006'], readThrough({ headers: { 'X-Stream-ID': 'another' } }))).toBe('wrong');
  });

  it('is right where the server chose another id: that is HTTP-028', () => {
    const sse: Sse = [[20, heartbeatText({ stream_id: 'another' })]];
    expect(outcomeOf(http['HTTP-006'], readThrough({ headers: { 'X-Stream-ID': 'another' }, sse }))).toBe('right');
  });
});

describe.each([
  ['HTTP-007', 'X-Stream-Max-Seconds'],
  ['HTTP-008', 'X-Heartbeat-Interval'],
  ['HTTP-009', 'X-Silence-Threshold'],
] as const)('%s', (id, name) => {
  it.each([null, ''])('is wrong for %s', (value) => {
    expect(outcomeOf(http[id], readThrough({ headers: { [name]: value } }))).toBe('wrong');
  });

  it('leaves the form to HTTP-012', () => {
    const run = readThrough({ headers: { [name]: 'soon' } });
    expect(outcomeOf(http[id], run)).toBe('right');
    expect(outcomeOf(http['HTTP-012'], run)).toBe('wrong');
  });

  it('leaves the absence to itself, not to HTTP-012', () => {
    expect(outcomeOf(http['HTTP-012'], readThrough({ headers: { [name]: null } }))).toBe('right');
  });

  it('looks at resumed connections too', () => {
    const run = scenario('cut-and-resume', [
      connection({ sse: WHOLE }),
      connection({
        label: 'resume-by-header',
        sentAtMs: 500,
        headers: { [name]: null },
        sse: [[520, completeText(2)]],
      }),
    ]);
    expect(outcomeOf(http[id], run)).toBe('wrong');
  });
});

describe('HTTP-010', () => {
  it.each([null, '1', '1.1', '"1.0"'])('is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-010'], readThrough({ headers: { 'X-Stream-Protocol': value } }))).toBe('wrong');
  });
});

describe('HTTP-011', () => {
  it('is right for an answer over HTTP/2 without the header', () => {
    expect(outcomeOf(http['HTTP-011'], readThrough({ httpVersion: '2.0' }))).toBe('right');
  });

  it('is wrong for one with it', () => {
    const run = readThrough({ httpVersion: '2.0', headers: { Connection: 'keep-alive' } });
    expect(findingsOf(http['HTTP-011'], run)).toEqual([
      'no Connection header over HTTP/2.0 | Connection: "keep-alive"',
    ]);
  });

  it('does not apply to HTTP/1.1', () => {
    expect(outcomeOf(http['HTTP-011'], readThrough({ headers: { Connection: 'keep-alive' } }))).toBe('not-applicable');
  });
});

describe('HTTP-012', () => {
  it.each(['5', '0.2', '0.05', '86400', '86400.000', '007', '15.125'])('takes %s', (value) => {
    expect(outcomeOf(http['HTTP-012'], readThrough({ headers: { 'X-Heartbeat-Interval': value } }))).toBe('right');
  });

  it.each([
    '5s',
    '5e1',
    '.5',
    '5.',
    '0.0500',
    '0.049',
    '0',
    '-1',
    '+5',
    '86400.001',
    '86401',
    '5, 5',
    '0x5',
    '1 000',
    '٥',
  ])('is wrong for %s', (value) => {
    expect(outcomeOf(http['HTTP-012'], readThrough({ headers: { 'X-Heartbeat-Interval': value } }))).toBe('wrong');
  });
});
