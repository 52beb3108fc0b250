import { describe, expect, it } from 'vitest';
import { chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import { http } from './http.js';
import { findingsOf, outcomeOf } from './http-tests.fixture.js';

/** Ten chunks, one every 200 ms, each `lateMs(id)` later than its write. */
const sse = (lateMs: (id: number) => number): readonly (readonly [number, string])[] => [
  [20, heartbeatText()],
  ...Array.from({ length: 10 }, (_, n) => [n * 200 + 100 + lateMs(n + 1), chunkText(n + 1)] as const),
];

const compression = (coding: string | null, lateMs: (id: number) => number) =>
  scenario('compression', [
    connection({ label: 'plain', requestHeaders: { 'Accept-Encoding': 'identity' }, sse: sse(() => 0) }),
    connection({
      label: 'packed',
      requestHeaders: { 'Accept-Encoding': 'gzip, deflate, br' },
      headers: { 'Content-Encoding': coding },
      sse: sse(lateMs),
    }),
  ]);

describe('HTTP-018', () => {
  it.each([null, 'identity'])('is right for the coding %s where others were offered', (coding) => {
    expect(
      outcomeOf(
        http['HTTP-018'],
        compression(coding, () => 0),
      ),
    ).toBe('right');
  });

  it.each(['gzip', 'br', 'deflate'])('is wrong for %s', (coding) => {
    expect(
      findingsOf(
        http['HTTP-018'],
        compression(coding, () => 0),
      ),
    ).toEqual([`an event stream without a content coding | Content-Encoding: "${coding}"`]);
  });

  it('is not observed where no coding was offered', () => {
    expect(outcomeOf(http['HTTP-018'], scenario('read-through', [connection({ sse: sse(() => 0) })]))).toBe(
      'not-observed',
    );
  });
});

describe('HTTP-019', () => {
  it('is right where every event comes in time', () => {
    expect(
      outcomeOf(
        http['HTTP-019'],
        compression('gzip', () => 40),
      ),
    ).toBe('right');
  });

  it('is wrong where all come at the end', () => {
    const [finding] = findingsOf(
      http['HTTP-019'],
      compression('gzip', (id) => 2000 - id * 200),
    );
    expect(finding).toContain('every event readable at most 250 ms after its write');
    expect(finding).toContain('6 of 10 events late; event 1 came 1800 ms after the same uncompressed');
  });

  it('is right where a moment of standstill delays a few', () => {
    expect(
      outcomeOf(
        http['HTTP-019'],
        compression('gzip', (id) => (id > 8 ? 1200 : 0)),
      ),
    ).toBe('right');
  });

  it('is wrong where they never come', () => {
    const run = scenario('compression', [
      connection({ label: 'plain', sse: sse(() => 0) }),
      connection({
        label: 'packed',
        headers: { 'Content-Encoding': 'gzip' },
        sse: [],
        end: { atMs: 6000, by: 'kit', kind: 'timeout' },
      }),
    ]);
    expect(outcomeOf(http['HTTP-019'], run)).toBe('wrong');
  });

  it('does not apply without compression', () => {
    expect(
      outcomeOf(
        http['HTTP-019'],
        compression(null, () => 5000),
      ),
    ).toBe('not-applicable');
  });

  it('does not blame what came before both connections were open', () => {
    const run = scenario('compression', [
      connection({ label: 'plain', sse: sse(() => 0) }),
      connection({
        label: 'packed',
        sentAtMs: 2050,
        headers: { 'Content-Encoding': 'gzip' },
        sse: [[2100, heartbeatText()], ...Array.from({ length: 10 }, (_, n) => [2110, chunkText(n + 1)] as const)],
      }),
    ]);
    expect(outcomeOf(http['HTTP-019'], run)).toBe('not-observed');
  });
});
