import { describe, expect, it } from 'vitest';
import { type ConnectionLiteral, completeText, connection, eventText, scenario } from '../../evidence/fixture.js';
import { http } from './http.js';
import { findingsOf, outcomeOf, reader, type StreamLiteral } from './http-tests.fixture.js';

/** A second generation that began with the second request. */
const AGAIN: StreamLiteral = { bornAtMs: 400, traceId: 'trace-2' };

type Part = ConnectionLiteral & { cursor?: number; stream?: StreamLiteral };

const readers = (late: Part) =>
  scenario('readers', [reader({ label: 'reader-1' }), reader({ label: 'late', sentAtMs: 400, ...late })]);

const afterTheEnd = (late: Part) =>
  scenario('after-the-end', [reader({}), reader({ label: 'from-start', sentAtMs: 1500, ...late })]);

/** A connection without heartbeats, as a server has it that does not know them. */
const bare = (part: Part): ReturnType<typeof connection> => {
  const recorded = reader(part);
  return { ...recorded, chunks: recorded.chunks.slice(1) };
};

describe('HTTP-029', () => {
  it('is right for a reader that joins while the stream runs, or after its end', () => {
    expect(outcomeOf(http['HTTP-029'], readers({}))).toBe('right');
    expect(outcomeOf(http['HTTP-029'], readers({ cursor: 3 }))).toBe('right');
    expect(outcomeOf(http['HTTP-029'], afterTheEnd({}))).toBe('right');
    expect(outcomeOf(http['HTTP-029'], afterTheEnd({ cursor: 5 }))).toBe('right');
  });

  it('is wrong for a second generation, and says by what signs', () => {
    const [finding] = findingsOf(http['HTTP-029'], readers({ stream: AGAIN }));
    expect(finding).toContain('an answer from the stream that reader-1 created');
    expect(finding).toContain('uptime_seconds began again');
    expect(finding).toContain('head_id is below what readers already had');
    expect(finding).toContain('another trace id in header and events');
  });

  it('is wrong for one with the same trace id and the same words', () => {
    expect(outcomeOf(http['HTTP-029'], readers({ stream: { bornAtMs: 400 } }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-029'], afterTheEnd({ stream: { bornAtMs: 1500 } }))).toBe('wrong');
  });

  it('is wrong for one without heartbeats, by its pace alone', () => {
    const run = (stream: StreamLiteral) =>
      scenario('after-the-end', [
        bare({ headers: { 'X-Trace-ID': null } }),
        bare({ label: 'from-start', sentAtMs: 1500, headers: { 'X-Trace-ID': null }, stream }),
      ]);
    expect(outcomeOf(http['HTTP-029'], run({ bornAtMs: 1500 }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-029'], run({}))).toBe('right');
  });

  it('is wrong for other words under the same ids with another trace id', () => {
    const run = scenario('cut-and-resume', [
      bare({ end: { atMs: 350, by: 'kit', kind: 'closed' } }),
      bare({ label: 'resume-by-header', sentAtMs: 700, stream: { bornAtMs: 700, traceId: 'trace-2', word: 'other' } }),
    ]);
    expect(outcomeOf(http['HTTP-029'], run)).toBe('wrong');
  });

  const onlyHeader = { headers: { 'X-Trace-ID': 'trace-9' } };
  const counters = reader({ label: 'late', sentAtMs: 400, stream: { bornAtMs: 400 } }).chunks[0];

  it('does not take a broken counter, trace id or replay for a second generation', () => {
    expect(outcomeOf(http['HTTP-029'], readers(onlyHeader))).toBe('right');
    expect(outcomeOf(http['HTTP-029'], readers({ stream: { traceId: 'trace-2' } }))).not.toBe('wrong');
    expect(outcomeOf(http['HTTP-029'], readers({ stream: { word: 'other' } }))).not.toBe('wrong');
    const late = reader({ label: 'late', sentAtMs: 400 });
    const restarted = { ...late, chunks: counters === undefined ? [] : [counters, ...late.chunks.slice(1)] };
    const run = scenario('readers', [reader({ label: 'reader-1' }), restarted]);
    expect(outcomeOf(http['HTTP-029'], run)).not.toBe('wrong');
  });

  it('is not observed without a second connection', () => {
    expect(outcomeOf(http['HTTP-029'], scenario('readers', [reader({})]))).toBe('not-observed');
  });
});

const CUT = { end: { atMs: 350, by: 'kit', kind: 'closed' } } as const;
const steady = scenario('read-through', [reader({ stream: { chunks: 30 } })]);
const beside = scenario('readers', [reader({}), reader({ label: 'seam-1', sentAtMs: 400, cursor: 3 })]);

const cutAndResume = (later: ConnectionLiteral & { cursor?: number; stream?: StreamLiteral }) =>
  scenario('cut-and-resume', [reader(CUT), reader({ label: 'resume-by-header', sentAtMs: 700, cursor: 3, ...later })]);

const ended = (text: string): ConnectionLiteral => ({ sse: [[720, text]] });
const unknown = eventText('error', { code: 'unknown_cursor', message: 'no', retryable: true, trace_id: 'trace-1' });

describe('HTTP-030', () => {
  it('is right where the stream went on', () => {
    expect(outcomeOf(http['HTTP-030'], cutAndResume({}))).toBe('right');
    expect(outcomeOf(http['HTTP-030'], steady, beside, cutAndResume({}))).toBe('right');
  });

  it('is wrong where it was cancelled', () => {
    const cancelled = completeText(4, { reason: 'cancelled' });
    expect(findingsOf(http['HTTP-030'], cutAndResume(ended(cancelled)))).toEqual([
      'a stream that goes on while nobody reads, past id 3 | complete with the reason cancelled after id 3',
    ]);
  });

  it('is wrong where it ended in error or early, and others do not', () => {
    const failed = eventText('error', { code: 'aborted', message: 'x', retryable: true, trace_id: 'trace-1' }, 4);
    expect(outcomeOf(http['HTTP-030'], steady, cutAndResume(ended(failed)))).toBe('wrong');
    expect(outcomeOf(http['HTTP-030'], cutAndResume(ended(failed)))).not.toBe('wrong');
    expect(outcomeOf(http['HTTP-030'], steady, cutAndResume(ended(completeText(4))))).toBe('wrong');
    expect(outcomeOf(http['HTTP-030'], cutAndResume(ended(completeText(4))))).not.toBe('wrong');
  });

  it('is wrong where it is gone although resuming works beside other readers', () => {
    expect(outcomeOf(http['HTTP-030'], beside, cutAndResume(ended(unknown)))).toBe('wrong');
    expect(outcomeOf(http['HTTP-030'], beside, cutAndResume({ status: 404, sse: [] }))).toBe('wrong');
    expect(outcomeOf(http['HTTP-030'], cutAndResume(ended(unknown)))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-030'], cutAndResume({ status: 404, sse: [] }))).toBe('not-observed');
  });

  it('does not judge a resumption beside other readers', () => {
    expect(outcomeOf(http['HTTP-030'], beside)).toBe('not-observed');
  });

  it('is wrong for a second generation where readers join otherwise, and HTTP-029 is not', () => {
    const again = cutAndResume({ stream: { bornAtMs: 700, traceId: 'trace-2' } });
    expect(outcomeOf(http['HTTP-030'], again)).toBe('not-observed');
    expect(outcomeOf(http['HTTP-029'], again)).toBe('wrong');
    const joined = readers({});
    expect(outcomeOf(http['HTTP-030'], joined, again)).toBe('wrong');
    expect(outcomeOf(http['HTTP-029'], joined, again)).toBe('right');
  });

  it('does not blame the cap', () => {
    const capped = scenario(
      'cap-reconnect',
      [
        reader(CUT),
        reader({ label: 'second', sentAtMs: 360, cursor: 3, ...ended(completeText(4, { reason: 'duration_cap' })) }),
      ],
      { occasion: 'cap' },
    );
    expect(outcomeOf(http['HTTP-030'], steady, capped)).not.toBe('wrong');
  });
});

describe('HTTP-031', () => {
  const cancel = (terminal: string | null, literal: ConnectionLiteral = {}) =>
    scenario('cancel', [
      reader({ stream: { chunks: 2 }, ...(terminal === null ? CUT_BY_TARGET : { stream: { chunks: 2, terminal } }) }),
      connection({ label: 'delete', method: 'DELETE', sentAtMs: 210, status: 204, headers: [], ...literal }),
    ]);
  const CUT_BY_TARGET = { end: { atMs: 250, by: 'target', kind: 'eof' } } as const;

  it('is right for complete with the reason cancelled', () => {
    expect(outcomeOf(http['HTTP-031'], steady, cancel(completeText(3, { reason: 'cancelled' })))).toBe('right');
  });

  it.each([
    ['another reason', completeText(3, { reason: 'x-stopped' })],
    ['done', completeText(3)],
    ['the cap', completeText(3, { reason: 'duration_cap' })],
    ['an error', eventText('error', { code: 'cancelled', message: 'x', retryable: false, trace_id: 'trace-1' }, 3)],
    ['no end', null],
  ])('is wrong for %s', (_name, terminal) => {
    expect(outcomeOf(http['HTTP-031'], steady, cancel(terminal))).toBe('wrong');
  });

  it('is wrong where DELETE is not offered', () => {
    const [finding] = findingsOf(http['HTTP-031'], steady, cancel(completeText(3), { status: 405 }));
    expect(finding).toContain('(DELETE: status 405)');
  });

  it('does not blame a DELETE that came too late for the cap', () => {
    const capped = cancel(completeText(3, { reason: 'duration_cap' }), { respondedAtMs: 3000 });
    expect(outcomeOf(http['HTTP-031'], steady, capped)).toBe('not-observed');
  });

  it('is not observed where the stream was over, or the DELETE had no right', () => {
    const done = cancel(completeText(3));
    expect(outcomeOf(http['HTTP-031'], cancel(completeText(3), { sentAtMs: 400 }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-031'], cancel(completeText(3), { status: 403 }))).toBe('not-observed');
    expect(outcomeOf(http['HTTP-031'], done)).not.toBe('right');
  });
});
