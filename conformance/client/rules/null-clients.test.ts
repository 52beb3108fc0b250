import { expect, it } from 'vitest';
import type { Transcript } from '../../evidence/types.js';
import { adding, FULL, type Line, type Played, played, upTo } from './testing/client-fixture.js';
import { brokenIn, keptIn } from './testing/verdicts.js';

const lies: readonly Line[] = [
  { type: 'state', state: 'connecting' },
  { type: 'state', state: 'open' },
  { type: 'event', event: 'content_chunk', id: '1', data: { content: 'w1 ' } },
  { type: 'event', event: 'complete', id: '9', data: { reason: 'done' } },
  { type: 'state', state: 'completed', reason: 'done' },
  { type: 'diagnostic', message: 'heartbeat interval, silence threshold, malformed, too large, gap' },
];

/** What is played, to somebody who reports nothing of it. */
const PLAYED: Readonly<Record<string, Played>> = {
  whole: { at: 100, sse: FULL },
  'complete-open': { at: 100, sse: FULL },
  'after-complete': { at: 100, sse: FULL },
  'chunked-1': { at: 100, sse: FULL },
  'big-1mib': { at: 100, sse: FULL },
  stall: { at: 100, sse: upTo(3) },
  'heartbeats-only': { at: 100, sse: upTo(3) + FULL },
  'unknown-alive': { at: 100, sse: upTo(3) + FULL },
  'cut-after': { at: 100, sse: upTo(3) },
  'no-parameters': { at: 100, sse: upTo(3) },
  'slow-open': { at: 100, status: null },
  'status-404': { at: 100, status: 404 },
};

const silent = { reports: () => [] };

function playedTo(end: NonNullable<Played['end']>): readonly Transcript[] {
  return Object.entries(PLAYED).map(([name, literal]) => played(name, [{ ...literal, end }], silent));
}

it('finds nothing kept by a client that prints lies and sends no request', () => {
  const printed = adding(...lies.map((line, index) => [index, line] as const));
  expect(keptIn(Object.keys(PLAYED).map((name) => played(name, [], printed)))).toEqual([]);
});

it('finds nothing kept by a client that sends a request and reads nothing', () => {
  expect(keptIn(playedTo({ atMs: 20_000, by: 'kit', kind: 'closed' }))).toEqual([]);
});

it('finds nothing kept by a client that sends a request and leaves', () => {
  expect(keptIn(playedTo({ atMs: 150, by: 'target', kind: 'closed' }))).toEqual([]);
});

it('finds that a client never came back', () => {
  expect(brokenIn(playedTo({ atMs: 20_000, by: 'kit', kind: 'closed' }))).toContain('RETRY-001');
});
