import { describe, expect, it } from 'vitest';
import {
  type ConnectionLiteral,
  chunkText,
  connection,
  eventText,
  heartbeatText,
  scenario,
} from '../../evidence/fixture.js';
import { findingsOf, outcomeOf, reader, type Sse } from './http-tests.fixture.js';
import { trace } from './trace.js';

const parts = (id: unknown, inChunk: unknown = id): Sse => [
  [20, heartbeatText({ trace_id: id })],
  [30, chunkText(1, { trace_id: inChunk })],
];

const first = (literal: ConnectionLiteral = {}, name = 'read-through') =>
  scenario(name, [connection({ sse: parts('trace-1'), ...literal })]);

describe('TRACE-001', () => {
  it('is right with the header', () => {
    expect(outcomeOf(trace['TRACE-001'], first())).toBe('right');
  });

  it.each([null, ''])('is wrong for %s, on refusals in band too', (value) => {
    const headers = { 'X-Trace-ID': value };
    expect(outcomeOf(trace['TRACE-001'], first({ headers }))).toBe('wrong');
    const error = eventText('error', { code: 'unknown_cursor', message: 'x', retryable: true, trace_id: 't' });
    expect(outcomeOf(trace['TRACE-001'], first({ headers, sse: [[20, error]] }))).toBe('wrong');
  });

  it('is not observed without an event', () => {
    expect(outcomeOf(trace['TRACE-001'], first({ sse: [] }))).toBe('not-observed');
  });
});

describe('TRACE-002', () => {
  const resumed = (headers: Readonly<Record<string, string | null>>) =>
    scenario('cut-and-resume', [
      reader({ end: { atMs: 350, by: 'kit', kind: 'closed' } }),
      reader({ label: 'resume-by-header', sentAtMs: 700, cursor: 3, headers }),
    ]);

  it('is right for the same id', () => {
    expect(outcomeOf(trace['TRACE-002'], resumed({}))).toBe('right');
  });

  it('is wrong for another one', () => {
    expect(findingsOf(trace['TRACE-002'], resumed({ 'X-Trace-ID': 'trace-2' }))).toEqual([
      'X-Trace-ID: trace-1, as on first | X-Trace-ID: "trace-2"',
    ]);
  });

  it('leaves a missing header to TRACE-001 and a second generation to HTTP-029', () => {
    expect(outcomeOf(trace['TRACE-002'], resumed({ 'X-Trace-ID': null }))).toBe('not-observed');
    const again = scenario('readers', [
      reader({}),
      reader({ label: 'late', sentAtMs: 400, stream: { bornAtMs: 400, traceId: 'trace-2' } }),
    ]);
    expect(outcomeOf(trace['TRACE-002'], again)).toBe('not-observed');
    expect(outcomeOf(trace['TRACE-003'], again)).toBe('right');
  });
});

describe('TRACE-003', () => {
  it('is right where all events have it', () => {
    expect(outcomeOf(trace['TRACE-003'], first())).toBe('right');
  });

  it.each([
    ['another one', 'trace-2', 'trace_id "trace-2"'],
    ['none', null, 'trace_id "null"'],
    ['a number', 7, 'trace_id "7"'],
  ])('is wrong for an event with %s', (_name, id, told) => {
    expect(findingsOf(trace['TRACE-003'], first({ sse: parts('trace-1', id) }))[0]).toContain(told);
  });

  it('is wrong for an event without one', () => {
    const sse: Sse = [...parts('trace-1'), [40, eventText('note', { a: 1 })]];
    expect(findingsOf(trace['TRACE-003'], first({ sse }))).toEqual([
      'trace_id "trace-1" in every event | no trace_id in a note',
    ]);
  });

  it('leaves data that is no object to EVENT-006', () => {
    const sse: Sse = [...parts('trace-1'), [40, 'event: note\ndata: 1\n\n']];
    expect(outcomeOf(trace['TRACE-003'], first({ sse }))).toBe('right');
    expect(outcomeOf(trace['TRACE-003'], first({ sse: [[40, 'event: note\ndata: 1\n\n']] }))).toBe('not-observed');
  });

  it('believes the events where the header changes from connection to connection', () => {
    const run = scenario('readers', [
      reader({ headers: { 'X-Trace-ID': 'odd-1' } }),
      reader({ label: 'late', sentAtMs: 400, headers: { 'X-Trace-ID': 'odd-2' } }),
    ]);
    expect(outcomeOf(trace['TRACE-002'], run)).toBe('wrong');
    expect(outcomeOf(trace['TRACE-003'], run)).toBe('right');
  });
});

describe('TRACE-004 and TRACE-005', () => {
  const parent = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${parent}-00f067aa0ba902b7-01`;
  const sent = (requestHeaders: Readonly<Record<string, string>>, used: string) =>
    first({ requestHeaders, headers: { 'X-Trace-ID': used }, sse: parts(used) }, 'readers');

  it('TRACE-004 asks for the id of the creating request', () => {
    expect(outcomeOf(trace['TRACE-004'], sent({ 'X-Trace-ID': 'mine' }, 'mine'))).toBe('right');
    expect(outcomeOf(trace['TRACE-004'], sent({ 'X-Trace-ID': 'mine' }, 'other'))).toBe('wrong');
    expect(outcomeOf(trace['TRACE-004'], sent({ 'X-Trace-ID': 'mine', traceparent }, parent))).toBe('wrong');
  });

  it('TRACE-004 asks nothing for a malformed id, or for a resuming request', () => {
    expect(outcomeOf(trace['TRACE-004'], sent({ 'X-Trace-ID': 'm i n e' }, 'other'))).toBe('not-observed');
    const resuming = sent({ 'X-Trace-ID': 'mine', 'Last-Event-ID': '3' }, 'other');
    expect(outcomeOf(trace['TRACE-004'], resuming)).toBe('not-observed');
  });

  it('TRACE-005 asks for the trace-id where there is no usable X-Trace-ID', () => {
    expect(outcomeOf(trace['TRACE-005'], sent({ traceparent }, parent))).toBe('right');
    expect(outcomeOf(trace['TRACE-005'], sent({ traceparent, 'X-Trace-ID': '<' }, parent))).toBe('right');
    expect(outcomeOf(trace['TRACE-005'], sent({ traceparent }, 'other'))).toBe('wrong');
    expect(outcomeOf(trace['TRACE-005'], sent({ traceparent, 'X-Trace-ID': 'mine' }, 'mine'))).toBe('not-observed');
  });

  it.each([`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${parent}-00f067aa0ba902b7-01`, `${traceparent}-x`, 'x'])(
    'TRACE-005 asks nothing for %s',
    (value) => {
      expect(outcomeOf(trace['TRACE-005'], sent({ traceparent: value }, 'other'))).toBe('not-observed');
    },
  );
});

describe('TRACE-006', () => {
  it.each(['a', 'a'.repeat(128), 'A.b_c-9'])('takes %s', (id) => {
    expect(outcomeOf(trace['TRACE-006'], first({ headers: { 'X-Trace-ID': id }, sse: parts(id) }))).toBe('right');
  });

  it.each(['a b', '{a}', 'a:b', 'a'.repeat(129)])('is wrong for %s', (id) => {
    expect(outcomeOf(trace['TRACE-006'], first({ headers: { 'X-Trace-ID': id }, sse: parts(id) }))).toBe('wrong');
    expect(outcomeOf(trace['TRACE-006'], first({ sse: parts(id) }))).toBe('wrong');
  });
});

describe('TRACE-007', () => {
  const hostile = (value: string, literal: ConnectionLiteral = {}) =>
    scenario('trace-hostile', [
      connection({ label: 'hostile-1', requestHeaders: { 'X-Trace-ID': value }, sse: parts('trace-1'), ...literal }),
    ]);

  it.each(['a <b> c', 'a'.repeat(10_000), 'gr\u00fc\u00df'])('is right where it is replaced', (value) => {
    expect(outcomeOf(trace['TRACE-007'], hostile(value))).toBe('right');
  });

  it.each([
    ['the header', { headers: { 'X-Trace-ID': 'a "<b>" c' } }],
    ['another header', { headers: { 'X-Request-ID': 'was a "<b>" c' } }],
    ['an event', { sse: parts('a "<b>" c') }],
    ['a refusal', { status: 400, sse: [[20, JSON.stringify({ detail: 'not a "<b>" c' })]] }],
  ] satisfies readonly (readonly [string, ConnectionLiteral])[])('is wrong where it stands in %s', (_name, literal) => {
    expect(outcomeOf(trace['TRACE-007'], hostile('a "<b>" c', literal))).toBe('wrong');
  });

  it('finds it in other encodings', () => {
    expect(outcomeOf(trace['TRACE-007'], hostile('gr\u00fc\u00df', { sse: parts('gr\u00fc\u00df') }))).toBe('wrong');
    expect(
      outcomeOf(trace['TRACE-007'], hostile('gr\u00fc\u00df', { headers: { 'X-Trace-ID': 'gr\ufffd\ufffd' } })),
    ).toBe('wrong');
    expect(outcomeOf(trace['TRACE-007'], hostile('gr\u00fc\u00df', { sse: [[20, parts('x')[0]?.[1] ?? '']] }))).toBe(
      'right',
    );
  });

  it('is not observed for a well-formed id, or without an event', () => {
    expect(outcomeOf(trace['TRACE-007'], hostile('fine'))).toBe('not-observed');
    expect(outcomeOf(trace['TRACE-007'], hostile('a <b>', { status: 400, sse: [] }))).toBe('not-observed');
  });
});
