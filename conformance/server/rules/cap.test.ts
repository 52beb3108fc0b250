import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  connection,
  eventText,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import type { Transcript } from '../../evidence/types.js';
import { data, type Faults } from './testing/faults.js';
import { isTerminal } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

const withCap = (capMs: number, scenarios = /^cap/): Faults => ({
  plan: (plan, name) => (scenarios.test(name) ? { ...plan, capMs } : plan),
});

const faultyTargets: readonly FaultyTarget[] = [
  [
    'CAP-001',
    'a cap that is called done',
    data('complete', (sent) => ({ ...sent, reason: sent.reason === 'duration_cap' ? 'done' : sent.reason })),
  ],
  ['CAP-001', 'no end at the cap', withCap(60_000)],
  ['CAP-001', 'an end 2 s after the cap', withCap(5000, /^cap$/)],
  [
    'CAP-001',
    'a close at the cap without a terminal event',
    {
      deliver: (events, { scenario: name }) => (name === 'cap' ? events.filter((event) => !isTerminal(event)) : events),
      closeAt: (atMs, { scenario: name, stream }) => (name === 'cap' ? stream.bornAtMs + 3000 : atMs),
    },
  ],
  ['CAP-002', 'a cap that begins again with the second connection', withCap(4010, /^cap-reconnect$/)],
  ['CAP-002', 'a cap that the second connection ends', withCap(60_000, /^cap-reconnect$/)],
  ['CAP-003', 'a cap after two of three seconds', withCap(2000, /./)],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

const capped = (id: number) =>
  eventText('complete', { reason: 'duration_cap', duration: 3, total_chunks: id - 1, trace_id: 'trace-1' }, id);

function capScenario(literal: ConnectionLiteral, more: Partial<Transcript> = { occasion: 'cap' }): Transcript {
  return scenario('cap', [connection(literal)], more);
}

const endingAt = (atMs: number, terminal = capped(2)): ConnectionLiteral => ({
  sse: [
    [20, heartbeatText() + chunkText(1)],
    [atMs, terminal],
  ],
});
const done = eventText('complete', { reason: 'done', duration: 3, total_chunks: 1, trace_id: 'trace-1' }, 2);

describe('the end at the cap', () => {
  it.each([
    [4500, 'right'],
    [4520, 'wrong'],
  ])('may come up to a second late, with its grace: %s ms', (atMs, kind) => {
    expect(kindsOf('CAP-001', capScenario(endingAt(atMs)))).toEqual([kind]);
  });

  it('is not seen in a stream that ends before', () => {
    for (const id of ['CAP-001', 'CAP-002', 'CAP-003']) {
      expect(kindsOf(id, capScenario(endingAt(2000, done)))).toEqual([]);
    }
  });

  it('is told from an end that happens to be near', () => {
    expect(kindsOf('CAP-001', capScenario(endingAt(3100, done), { occasion: null }))).toEqual([]);
    expect(kindsOf('CAP-001', capScenario(endingAt(3600, done), { occasion: null }))).toEqual(['wrong']);
    expect(kindsOf('CAP-001', capScenario(endingAt(3100, done)))).toEqual(['wrong']);
  });

  it('is not missed where the kit closed before it was due', () => {
    const open = (atMs: number) =>
      capScenario({ sse: [[20, heartbeatText()]], end: { atMs, by: 'kit', kind: 'timeout' } });
    expect(kindsOf('CAP-001', open(4400))).toEqual([]);
    expect(sightingsOf('CAP-001', [open(4600)])).toMatchObject([
      { kind: 'wrong', actual: expect.stringContaining('still open') },
    ]);
  });

  it('is not judged where no cap is declared', () => {
    const headers = { 'X-Stream-Max-Seconds': null };
    const sse = [
      [20, heartbeatText({ max_duration: undefined })],
      [9000, capped(1)],
    ] as const;
    expect(kindsOf('CAP-001', capScenario({ headers, sse }))).toEqual([]);
    expect(kindsOf('CAP-003', capScenario({ headers, sse }))).toEqual([]);
  });

  it('may not come before, by more than timers are early', () => {
    expect(kindsOf('CAP-003', capScenario(endingAt(2960)))).toEqual(['right']);
    expect(sightingsOf('CAP-003', [capScenario(endingAt(2940))])).toMatchObject([
      { kind: 'wrong', actual: expect.stringContaining('2940 ms') },
    ]);
  });
});

describe('a reconnection', () => {
  const reconnect = (endedAtMs: number) =>
    scenario('cap-reconnect', [
      connection({ sse: [[20, heartbeatText() + chunkText(1)]], end: { atMs: 1005, by: 'kit', kind: 'closed' } }),
      connection({
        label: 'second',
        sentAtMs: 1010,
        requestHeaders: { 'Last-Event-ID': '1' },
        sse: [
          [1030, heartbeatText()],
          [endedAtMs, capped(2)],
        ],
      }),
    ]);

  it('is held to the overrun of streams with one reader', () => {
    expect(kindsOf('CAP-002', reconnect(4020), capScenario(endingAt(3015)))).toEqual(['wrong']);
    expect(kindsOf('CAP-002', reconnect(4020), capScenario(endingAt(3900)))).toEqual(['right']);
    expect(kindsOf('CAP-002', reconnect(3100), capScenario(endingAt(3015)))).toEqual(['right']);
  });

  it('has the grace of the cap where no such stream was seen', () => {
    expect(kindsOf('CAP-002', reconnect(4020))).toEqual(['right']);
    expect(kindsOf('CAP-002', reconnect(4600))).toEqual(['wrong']);
  });
});
