import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  completeText,
  connection,
  eventText,
  scenario,
} from '../../evidence/fixture.js';
import { findingsOf, outcomeOf, reader, type Sse } from './http-tests.fixture.js';
import { ops } from './ops.js';

const counts = scenario('read-through', [reader({})]);

const chunks = (ids: readonly number[], atMs = 20): Sse => ids.map((id) => [atMs + id, chunkText(id)] as const);

describe('OPS-002', () => {
  const slow = (sse: Sse, literal: ConnectionLiteral = {}, next = 4) =>
    scenario('slow-reader', [
      connection({ label: 'slow', sse, end: { by: 'target', kind: 'reset' }, ...literal }),
      connection({
        label: 'resume',
        sentAtMs: 3000,
        requestHeaders: { 'Last-Event-ID': '3' },
        sse: chunks([next], 3020),
      }),
    ]);

  it('is right for a cut that can be resumed', () => {
    expect(outcomeOf(ops['OPS-002'], counts, slow(chunks([1, 2, 3])))).toBe('right');
  });

  it.each([
    ['an error', eventText('error', { code: 'client_too_slow', message: 'x', retryable: true, trace_id: 't' })],
    ['a complete', completeText(4, { reason: 'x-too-slow' })],
    ['a cancellation', completeText(4, { reason: 'cancelled' })],
  ])('is wrong for %s', (_name, text) => {
    expect(outcomeOf(ops['OPS-002'], counts, slow([...chunks([1, 2, 3]), [40, text]]))).toBe('wrong');
  });

  it('is wrong for events left out, where the target else counts without jumps', () => {
    expect(findingsOf(ops['OPS-002'], counts, slow(chunks([1, 2, 7])))[0]).toContain('id 7 follows 2');
    expect(outcomeOf(ops['OPS-002'], slow(chunks([1, 2, 7])))).not.toBe('wrong');
  });

  it('is not observed where nothing overflows, the kit closed, or the resumption has a gap', () => {
    expect(outcomeOf(ops['OPS-002'], counts, slow([...chunks([1, 2, 3]), [40, completeText(4)]]))).toBe('not-observed');
    const kit = { end: { by: 'kit', kind: 'timeout' } } as const;
    expect(outcomeOf(ops['OPS-002'], counts, slow(chunks([1, 2, 3]), kit))).toBe('not-observed');
    expect(outcomeOf(ops['OPS-002'], counts, slow(chunks([1, 2, 3]), {}, 9))).toBe('not-observed');
  });
});

describe('OPS-003 and OPS-004', () => {
  const shutdown = (...tails: readonly string[]) =>
    scenario(
      'shutdown',
      tails.map((tail, index) => connection({ label: `c${index}`, sse: [...chunks([1, 2]), [500, tail]] })),
      { notes: { shutdownAtMs: 400 } },
    );

  it('are right for times that differ', () => {
    const run = shutdown('retry: 1200\n\n', 'retry: 4100\n\n', 'retry: 3000\n\n');
    expect(outcomeOf(ops['OPS-003'], run)).toBe('right');
    expect(outcomeOf(ops['OPS-004'], run)).toBe('right');
  });

  it('OPS-004 alone is wrong for the same time thrice', () => {
    const run = shutdown('retry: 3000\n\n', 'retry: 3000\n\n', 'retry: 3000\n\n');
    expect(outcomeOf(ops['OPS-003'], run)).toBe('right');
    expect(findingsOf(ops['OPS-004'], run)).toEqual([
      'another reconnection time for each connection | retry 3000, 3000, 3000',
    ]);
  });

  it.each([
    ['no retry', ''],
    ['a malformed one', 'retry: soon\n\n'],
    ['one before the last event', `retry: 3000\n\n${chunkText(3)}`],
    [
      'an error',
      `retry: 3000\n\n${eventText('error', { code: 'shutdown', message: 'x', retryable: true, trace_id: 't' }, 3)}`,
    ],
    ['a cancellation', completeText(3, { reason: 'cancelled' })],
  ])('OPS-003 is wrong for %s', (_name, tail) => {
    expect(outcomeOf(ops['OPS-003'], shutdown(tail))).toBe('wrong');
  });

  it('are not observed where the streams came to their own end, or too few times were drawn', () => {
    expect(outcomeOf(ops['OPS-003'], shutdown(completeText(3)))).toBe('not-observed');
    expect(outcomeOf(ops['OPS-004'], shutdown('retry: 1\n\n', 'retry: 1\n\n'))).toBe('not-observed');
  });
});

describe('OPS-005', () => {
  const limit = (...literals: readonly ConnectionLiteral[]) =>
    scenario(
      'limit',
      literals.map((literal, index) => connection({ label: `limit-${index + 1}`, ...literal })),
    );
  const served: ConnectionLiteral = { sse: chunks([1]) };

  it('is right where one of them is refused', () => {
    expect(outcomeOf(ops['OPS-005'], limit(served, served, { status: 429, headers: [] }))).toBe('right');
  });

  it('is wrong where none is, or another status refuses, or a stream starts', () => {
    expect(outcomeOf(ops['OPS-005'], limit(served, served))).toBe('wrong');
    expect(outcomeOf(ops['OPS-005'], limit(served, { status: 503, headers: [] }))).toBe('wrong');
    expect(outcomeOf(ops['OPS-005'], limit(served, { ...served, status: 429 }))).toBe('wrong');
  });

  it('is not observed where nothing is served', () => {
    expect(outcomeOf(ops['OPS-005'], limit({ status: 429, headers: [] }))).toBe('not-observed');
  });
});
