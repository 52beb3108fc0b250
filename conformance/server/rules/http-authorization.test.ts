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

const parts = (trace: string): Sse => [
  [20, heartbeatText({ trace_id: trace })],
  [30, chunkText(1, { trace_id: trace })],
];
const own = connection({ sse: parts('trace-1') });
const same = { sse: parts('trace-1') };
const another = { headers: { 'X-Trace-ID': 'trace-2' }, sse: parts('trace-2') };
const refusal = eventText('error', { code: 'unknown_cursor', message: 'no', retryable: true, trace_id: 'trace-3' });

const authorization = (
  label: string,
  literal: ConnectionLiteral,
  more: readonly ReturnType<typeof connection>[] = [],
) => scenario('authorization', [own, connection({ label, sentAtMs: 60, ...literal }), ...more]);

const withoutAny = scenario('read-through', [own]);

describe('HTTP-032', () => {
  it.each(['without', 'without-resume'])('is right where %s is refused', (label) => {
    expect(outcomeOf(http['HTTP-032'], authorization(label, { status: 401 }))).toBe('right');
    expect(outcomeOf(http['HTTP-032'], authorization(label, { status: 403 }))).toBe('right');
    expect(outcomeOf(http['HTTP-032'], authorization(label, { status: 404 }))).toBe('right');
  });

  it.each(['without', 'without-resume'])('is wrong where %s gets the stream', (label) => {
    expect(findingsOf(http['HTTP-032'], authorization(label, same))[0]).toContain('events of the stream from id 1');
  });

  it('looks at DELETE too', () => {
    const cancel = (status: number) => authorization('without-cancel', { method: 'DELETE', status, headers: [] });
    expect(outcomeOf(http['HTTP-032'], cancel(401))).toBe('right');
    expect(outcomeOf(http['HTTP-032'], cancel(204))).toBe('wrong');
    expect(outcomeOf(http['HTTP-032'], cancel(405))).toBe('not-observed');
  });

  it('does not apply where creating needs no credentials', () => {
    const open = connection({ label: 'create-without', url: 'http://target.test/stream?stream_id=s2', ...another });
    expect(outcomeOf(http['HTTP-032'], authorization('without', same, [open]))).toBe('not-applicable');
    expect(outcomeOf(http['HTTP-032'], withoutAny)).toBe('not-applicable');
  });

  it('is not observed where another stream is served under the id, or a cursor is refused in band', () => {
    expect(outcomeOf(http['HTTP-032'], authorization('without', another))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-032'], authorization('without-resume', { sse: [[20, refusal]] }))).toBe('not-observed');
  });
});

describe('HTTP-033', () => {
  it('is right where the other principal finds nothing, or a stream of its own', () => {
    expect(outcomeOf(http['HTTP-033'], authorization('other', { status: 404 }))).toBe('right');
    expect(outcomeOf(http['HTTP-033'], authorization('other', another))).toBe('right');
    expect(outcomeOf(http['HTTP-033'], authorization('other', { sse: [[20, refusal]] }))).toBe('right');
  });

  it('is wrong where it gets the stream, or is told that there is one', () => {
    expect(outcomeOf(http['HTTP-033'], authorization('other', same))).toBe('wrong');
    expect(outcomeOf(http['HTTP-033'], authorization('other', { status: 403 }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-033'], authorization('other', { status: 409 }))).toBe('wrong');
  });

  const readAgain = connection({ label: 'other', sentAtMs: 60, ...another });

  it('looks at resumptions too', () => {
    const resumed = (literal: ConnectionLiteral) => authorization('other-resume', literal, [readAgain]);
    expect(outcomeOf(http['HTTP-033'], resumed({ sse: [[70, refusal]] }))).toBe('right');
    expect(outcomeOf(http['HTTP-033'], resumed(same))).toBe('wrong');
  });

  it('is wrong for 404 where any new id is given a stream', () => {
    const fresh = connection({ label: 'other-fresh', url: 'http://target.test/stream?stream_id=s2', ...another });
    expect(outcomeOf(http['HTTP-033'], authorization('other', { status: 404 }, [fresh]))).toBe('wrong');
  });

  const cancelled = eventText(
    'complete',
    { reason: 'cancelled', duration: 0.1, total_chunks: 1, trace_id: 'trace-1' },
    2,
  );
  const cancelling = (label: string, status: number, ended: boolean) =>
    scenario(
      'authorization',
      [
        connection({ sse: [...parts('trace-1'), ...(ended ? [[130, cancelled] as const] : [])] }),
        readAgain,
        connection({ label, method: 'DELETE', sentAtMs: 100, status, headers: [] }),
        connection({
          label: 'other-cancel',
          method: 'DELETE',
          sentAtMs: label === 'other-cancel' ? 100 : 200,
          status: 404,
          headers: [],
        }),
      ].filter(({ label: own }, index) => own !== 'other-cancel' || label !== 'other-cancel' || index === 2),
    );

  it('is wrong where the other principal cancels the stream, or is told of it', () => {
    expect(outcomeOf(http['HTTP-033'], cancelling('other-cancel', 204, false))).toBe('right');
    expect(outcomeOf(http['HTTP-033'], cancelling('other-cancel', 204, true))).toBe('wrong');
    expect(outcomeOf(http['HTTP-033'], cancelling('other-cancel', 403, false))).toBe('wrong');
  });

  it('leaves to HTTP-032 what a request without credentials cancels', () => {
    expect(outcomeOf(http['HTTP-032'], cancelling('without-cancel', 204, true))).toBe('wrong');
    expect(outcomeOf(http['HTTP-033'], cancelling('without-cancel', 204, true))).toBe('right');
  });

  it('is not observed where its credentials do not count, and does not apply without a second principal', () => {
    expect(outcomeOf(http['HTTP-033'], authorization('other', { status: 401 }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-033'], withoutAny)).toBe('not-applicable');
  });
});
