import { describe, expect, it } from 'vitest';
import { chunkText, connection, eventText, evidenceOf, heartbeatText, scenario } from '../../evidence/fixture.js';
import { beside, data, text, textOf, without } from './testing/faults.js';
import { formatEvent, isTerminal } from './testing/simulated-target.js';
import { type FaultyTarget, kindsOf, sightingsOf, targetsOf } from './testing/verdicts.js';

const FORGED = 'event: forged\ndata: {"trace_id":"trace-1"}\n\n';

const faultyTargets: readonly FaultyTarget[] = [
  ['EVENT-001', 'Latin-1', { format: (sent) => Buffer.from(formatEvent(sent), 'latin1') }],
  ['EVENT-002', 'CRLF everywhere', text((written) => written.replaceAll('\n', '\r\n'))],
  ['EVENT-002', 'a CR in heartbeats', textOf('heartbeat', (written) => written.replace('\n', '\r'))],
  [
    'EVENT-003',
    'a mark at the start',
    textOf('heartbeat', (written, sent) => (sent.data.heartbeat_count === 1 ? `\uFEFF${written}` : written)),
  ],
  ['EVENT-003', 'a mark before an event', beside('\uFEFFid: 9\nevent: x-note\ndata: {"trace_id":"trace-1"}\n\n')],
  ['EVENT-004', 'indented JSON', text((written, sent) => written.replace(/data: .*/, indented(sent.data)))],
  ['EVENT-005', 'no type on content', textOf('content_chunk', (written) => written.replace(/event: .*\n/, ''))],
  ['EVENT-005', 'no type on the end', textOf('complete', (written) => written.replace(/event: .*\n/, ''))],
  ['EVENT-005', 'an empty type', beside('event:\ndata: {"trace_id":"trace-1"}\n\n')],
  ['EVENT-006', 'an event without data', beside('event: ping\n\n')],
  ['EVENT-006', 'an array', beside('event: x-list\ndata: [1]\n\n')],
  ['EVENT-006', 'an empty object', beside('event: x-empty\ndata: {}\n\n')],
  [
    'EVENT-006',
    'text as data',
    text((written, { id }) => (id === 4 ? written.replace(/data: .*/, 'data: hello') : written)),
  ],
  ['EVENT-007', 'a space in the type', beside('event: x note\ndata: {"trace_id":"trace-1"}\n\n')],
  ['EVENT-007', 'a long type', beside(`event: ${'x'.repeat(65)}\ndata: {"trace_id":"trace-1"}\n\n`)],
  ['EVENT-008', 'content that is a number', data('content_chunk', (sent) => ({ ...sent, content: 3 }))],
  ['EVENT-008', 'no content', data('content_chunk', (sent) => ({ ...without(sent, 'content'), text: 'x' }))],
  ['EVENT-009', 'seq from 0', data('content_chunk', (sent) => ({ ...sent, seq: Number(sent.seq) - 1 }))],
  ['EVENT-009', 'seq as text', data('content_chunk', (sent) => ({ ...sent, seq: String(sent.seq) }))],
  ['EVENT-010', 'no duration', data('complete', (sent) => without(sent, 'duration'))],
  [
    'EVENT-011',
    'a reason of its own',
    data('complete', (sent) => ({ ...sent, reason: sent.reason === 'done' ? 'finished' : sent.reason })),
  ],
  ['EVENT-012', 'no retryable', data('error', (sent) => without(sent, 'retryable'))],
  ['EVENT-013', '66 kB', text((written, { id }) => (id === 5 ? written.replace('word', 'w'.repeat(66_000)) : written))],
  [
    'EVENT-014',
    'input that becomes a line',
    text((written, sent, { scenario: name }) =>
      name === 'injection' && sent.type === 'heartbeat' ? `${written}${FORGED}` : written,
    ),
  ],
  [
    'EVENT-030',
    'a last event without a blank line',
    text((written, sent) => (isTerminal(sent) ? written.slice(0, -1) : written)),
  ],
  [
    'EVENT-030',
    'an event that runs into the next',
    text((written, { id }) => (id === 4 ? written.slice(0, -1) : written)),
  ],
];

function indented(value: unknown): string {
  const lines = JSON.stringify(value, null, 1).split('\n');
  return lines.map((line) => `data: ${line}`).join('\n');
}

it.each(targetsOf(faultyTargets))('$what is caught, and nothing else is', ({ broken, expected }) => {
  expect(broken()).toEqual(expected);
});

function stream(chunks: string | Uint8Array, url = 'http://target.test/stream?stream_id=stream-1') {
  return scenario('read-through', [connection({ url, sse: [[20, chunks]] })]);
}

describe('rules on events', () => {
  it('name the bytes and what was asked for', () => {
    const [sighting] = sightingsOf('EVENT-001', [
      stream(Buffer.concat([Buffer.from([0x3a, 0xe9, 0x0a]), Buffer.from(heartbeatText())])),
    ]);
    expect(sighting).toMatchObject({
      kind: 'wrong',
      expected: 'UTF-8',
      actual: expect.stringMatching(/0xe9.*offset \d+/),
    });
  });

  it('let a character that the end of the stream cuts in two pass', () => {
    const cut = Buffer.concat([Buffer.from(`${heartbeatText()}: caf`), Buffer.from([0xc3])]);
    expect(kindsOf('EVENT-001', stream(cut))).toEqual(['right']);
  });

  it('do not take a lone reconnection time for an event', () => {
    const transcript = stream(`retry: 1000\n\n${heartbeatText()}`);
    for (const id of ['EVENT-004', 'EVENT-005', 'EVENT-006']) {
      expect(kindsOf(id, transcript)).toEqual(['right']);
    }
  });

  it('do not ask for the optional seq', () => {
    expect(kindsOf('EVENT-009', stream(eventText('content_chunk', { content: 'a', trace_id: 't' }, 1)))).toEqual([
      'not-applicable',
    ]);
  });

  it('measure an event that never ends, and leave long comments alone', () => {
    const long = 'x'.repeat(70_000);
    expect(kindsOf('EVENT-013', stream(`${heartbeatText()}data: ${long}`))).toEqual(['wrong']);
    expect(kindsOf('EVENT-013', stream(`${heartbeatText()}: ${long}`))).toEqual(['right']);
  });

  it('see no injection where nothing could be injected', () => {
    expect(kindsOf('EVENT-014', stream(heartbeatText()))).toEqual([]);
  });

  it('see an injection in NUL and in a line that the input broke', () => {
    const url = 'http://target.test/stream?query=tides%0D%0Aid%3A%20777777%00';
    expect(kindsOf('EVENT-014', stream(`${heartbeatText()}data: "tides\nid: 777777"\n\n`, url))).toEqual(['wrong']);
    expect(kindsOf('EVENT-002', stream(`${heartbeatText()}data: "tides\rid: 777777"\n\n`, url))).toEqual([]);
    expect(kindsOf('EVENT-014', stream(`${heartbeatText()}event: a\0b\ndata: {}\n\n`, url))).toEqual(['wrong']);
    expect(kindsOf('EVENT-014', stream(`${heartbeatText()}data: {"a":"tides\\r\\nid: 777777"}\n\n`, url))).toEqual([
      'right',
    ]);
  });

  it('do not take an id for the start of a longer one that was injected', () => {
    const url = 'http://target.test/stream?query=tides%0D%0Aid%3A%201';
    expect(kindsOf('EVENT-014', stream(heartbeatText() + chunkText(17), url))).toEqual(['right']);
    expect(kindsOf('EVENT-014', stream(heartbeatText() + chunkText(1), url))).toEqual(['wrong']);
  });

  it('do not judge the last event of a connection that the kit closed', () => {
    const cut = connection({
      sse: [
        [20, heartbeatText()],
        [30, heartbeatText().slice(0, -1)],
      ],
      end: { by: 'kit', kind: 'closed' },
    });
    expect(kindsOf('EVENT-030', scenario('read-through', [cut]))).toEqual([]);
    const inside = connection({
      sse: [
        [20, heartbeatText()],
        [30, heartbeatText().slice(0, -9)],
      ],
    });
    expect(kindsOf('EVENT-030', scenario('read-through', [inside]))).toEqual(['right']);
  });

  it('judge the events of a refused cursor too', () => {
    const refused = eventText('error', { code: 'unknown_cursor', message: 'no', trace_id: 't' });
    expect(kindsOf('EVENT-012', stream(refused))).toEqual(['wrong']);
  });

  it('look at event streams alone', () => {
    const page = connection({ headers: [['Content-Type', 'text/html']], sse: [[20, heartbeatText()]] });
    const evidence = evidenceOf(scenario('read-through', [page]));
    expect(evidence.connections()[0]?.events()).not.toEqual([]);
    for (const id of ['EVENT-001', 'EVENT-002', 'EVENT-005', 'EVENT-030']) {
      expect(kindsOf(id, scenario('read-through', [page]))).toEqual([]);
    }
  });
});
