import { describe, expect, it } from 'vitest';
import { chunkText, connection, heartbeatText, scenario } from '../../evidence/fixture.js';
import { numbered, text, textOf } from './testing/faults.js';
import { formatEvent, isTerminal } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

/** Numbers that heartbeats take from the events, by their count. */
const heartbeatIds: readonly (number | undefined)[] = [undefined, 1, undefined, 5];

const faultyTargets: readonly FaultyTarget[] = [
  ['ID-001', 'a leading zero', text((written) => written.replace(/^id: (\d)$/m, 'id: 00$1'))],
  ['ID-001', 'a prefix', text((written) => written.replace(/^id: /m, 'id: evt-'))],
  ['ID-001', 'a sign', text((written) => written.replace(/^id: (3)$/m, 'id: +$1'))],
  ['ID-002', 'two numbers swapped', numbered((id) => (id === 2 ? 3 : id === 3 ? 2 : id))],
  [
    'ID-002',
    'a number given out twice',
    text((written, { id }) => (id === 5 ? written.replace('id: 5', 'id: 4').replace('"seq":5', '"seq":4') : written)),
  ],
  ['ID-003', 'steps of two', numbered((id) => id * 2 - 1)],
  ['ID-003', 'one counter for all streams', numbered((id) => id + 400)],
  ['ID-003', 'a number left out', numbered((id) => (id > 3 ? id + 1 : id))],
  [
    'ID-004',
    'content without an id',
    text((written, { id }) => (id === 2 ? written.replace(/id: .*\n/, '') : written)),
  ],
  [
    'ID-004',
    'an end without an id',
    text((written, sent) => (isTerminal(sent) ? written.replace(/id: .*\n/, '') : written)),
  ],
  [
    'ID-005',
    'the newest id on heartbeats',
    textOf('heartbeat', (written, { data }) => `id: ${data.head_id || 1}\n${written}`),
  ],
  ['ID-005', 'a number of their own on heartbeats', textOf('heartbeat', (written) => `id: 900\n${written}`)],
  [
    'ID-005',
    'numbers from the counter of the stream on heartbeats',
    {
      ...numbered((id) => id + (id > 3 ? 2 : 1)),
      format: (event, { cursor, ask }) => {
        const first = cursor === 0 && event.type === 'heartbeat' && !ask.label.startsWith('again');
        const id = first ? heartbeatIds[Number(event.data.heartbeat_count)] : undefined;
        return formatEvent(id === undefined ? event : { ...event, id });
      },
    },
  ],
  ['ID-006', 'an empty id on heartbeats', textOf('heartbeat', (written) => `id:\n${written}`)],
  ['ID-006', 'an id with NUL', textOf('heartbeat', (written) => `id: a\0\n${written}`)],
  ['ID-007', 'ids ahead of their events', textOf('content_chunk', (written, { id }) => `id: ${id}\n\n${written}`)],
];

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

const stream = (...parts: readonly string[]) =>
  scenario('read-through', [connection({ sse: parts.map((part, n) => [20 + n, part]) })]);

describe('rules on ids', () => {
  it('say where a number is lacking', () => {
    expect(sightingsOf('ID-003', [stream(heartbeatText(), chunkText(1), chunkText(2), chunkText(5))])).toMatchObject([
      { kind: 'wrong', expected: 'id 3 after id 2', actual: 'id 5' },
    ]);
  });

  it('are content with the largest id and no more', () => {
    expect(kindsOf('ID-001', stream(chunkText(9_007_199_254_740_991)))).toEqual(['right']);
    for (const id of ['0', '9007199254740992', '1.0', ' 1', '٣']) {
      expect(kindsOf('ID-001', stream(chunkText(1).replace('id: 1', `id: ${id}`)))).toEqual(['wrong']);
    }
  });

  it('see nothing in the order of a single id', () => {
    expect(kindsOf('ID-002', stream(heartbeatText(), chunkText(1)))).toEqual([]);
    expect(kindsOf('ID-003', stream(heartbeatText(), chunkText(7)))).toEqual([]);
  });

  it('see nothing where no event has an id', () => {
    for (const id of ['ID-001', 'ID-006', 'ID-007', 'ID-004']) {
      expect(kindsOf(id, stream(heartbeatText()))).toEqual([]);
    }
  });

  it('do not charge a loss on one connection to the numbers', () => {
    const first = connection({ label: 'reader-1', sse: [[20, chunkText(1) + chunkText(3)]] });
    const second = connection({
      label: 'reader-2',
      sentAtMs: 1,
      sse: [[20, chunkText(1) + chunkText(2) + chunkText(3)]],
    });
    expect(kindsOf('ID-003', scenario('readers', [first, second]))).toEqual(['right']);
  });

  it('take an event that is sent again for a fault of delivery', () => {
    expect(kindsOf('ID-002', stream(chunkText(1), chunkText(2), chunkText(2), chunkText(3)))).toEqual(['right']);
  });

  it('do not look at resumed connections for the start of the numbers', () => {
    const resumed = connection({ requestHeaders: { 'Last-Event-ID': '4' }, sse: [[20, chunkText(5) + chunkText(6)]] });
    expect(kindsOf('ID-003', scenario('cut-and-resume', [resumed]))).toEqual([]);
  });
});
