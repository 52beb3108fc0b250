/** Whatever a target sends and however the kit's record of it is spoilt: no rule breaks, and none passes on nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRuns } from '../../../scripts/testing/fuzz-runs.js';
import { chunkText, completeText, connection, evidenceOf, heartbeatText, scenario } from '../../evidence/fixture.js';
import type { Ending, RecordedConnection, Transcript } from '../../evidence/types.js';
import { serverRuleBook } from './index.js';
import { simulateRun } from './testing/simulated-run.js';

const rules = Object.entries(serverRuleBook);

/** Ids of the rules that see something right; throws where a rule does. */
function rightIn(transcripts: readonly Transcript[]): readonly string[] {
  const evidence = evidenceOf(...transcripts);
  return rules.filter(([, rule]) => [...rule.judge(evidence)].some(({ kind }) => kind === 'right')).map(([id]) => id);
}

const ending: fc.Arbitrary<Partial<Ending>> = fc.record(
  {
    atMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
    by: fc.constantFrom('target', 'kit'),
    kind: fc.constantFrom('eof', 'truncated', 'reset', 'timeout', 'limit', 'malformed', 'closed'),
  },
  { requiredKeys: [] },
);

const hostileLine = fc.oneof(
  fc.constantFrom(
    'data: {"trace_id":"t"}',
    'data',
    'data: [',
    'id',
    'id: 5',
    'id: \0',
    'event: error',
    'event: complete',
  ),
  fc.constantFrom(
    'event: heartbeat',
    'event: content_chunk',
    'retry: 1',
    ': c',
    '',
    '\r',
    '\uFEFFid: 1',
    'data: {"code":"replay_gap"}',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const hostileText = fc
  .array(
    fc.oneof(
      hostileLine,
      fc.constantFrom(heartbeatText(), chunkText(1), chunkText(2), chunkText(2 ** 40), completeText(3)),
    ),
    {
      maxLength: 25,
    },
  )
  .map((lines) => lines.join('\n'));

const hostileConnection: fc.Arbitrary<RecordedConnection> = fc
  .record(
    {
      label: fc.constantFrom(
        'first',
        'reader-1',
        'reader-2',
        'late',
        'seam-1',
        'again-1',
        'evicted',
        'at-end',
        'ahead',
        'second',
        'slow',
      ),
      method: fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'),
      url: fc.oneof(
        fc.constantFrom('', '/x', 'http://t.test/?stream_id=a&last_event_id=2', 'http://t.test/%zz?stream_id=stream-1'),
        fc.constantFrom(
          'http://t.test/?stream_id=stream-1&last_event_id=1&last_event_id=2',
          'http://t.test/?q=a%0Ab%00c',
        ),
      ),
      requestHeaders: fc.dictionary(
        fc.constantFrom('Last-Event-ID', 'X-Trace-ID', 'Accept'),
        fc.oneof(fc.constantFrom('', '0', '1', '2', '3', '99', '-1', '1, 2'), fc.string({ maxLength: 20 })),
      ),
      sentAtMs: fc.integer({ min: 0, max: 3000 }),
      status: fc.constantFrom(null, 200, 200, 200, 204, 400, 404, 429, 500),
      headers: fc.dictionary(
        fc.constantFrom(
          'X-Stream-ID',
          'X-Stream-Max-Seconds',
          'X-Heartbeat-Interval',
          'X-Replay-Retention',
          'Content-Type',
        ),
        fc.oneof(fc.constantFrom(null, '0', '1e9', '-5', '3', 'text/event-stream'), fc.string({ maxLength: 20 })),
      ),
      sse: fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), hostileText), { maxLength: 4 }),
      end: ending,
    },
    { requiredKeys: [] },
  )
  .map((literal) => connection(literal));

const scenarioNames = [
  'read-through',
  'cut-and-resume',
  'readers',
  'after-the-end',
  'evicted',
  'cap',
  'cap-reconnect',
  'error',
  'bad-cursor',
  'unknown-cursor',
  'slow-reader',
  'injection',
];

const hostileRun: fc.Arbitrary<readonly Transcript[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom(...scenarioNames),
      fc.array(hostileConnection, { maxLength: 6 }),
      fc.constantFrom(null, 'stream-1'),
    )
    .map(([name, connections, streamId]) => scenario(name, connections, { streamId })),
  { maxLength: 4 },
);

/** A small change of a recorded connection. */
type Spoil = (recorded: RecordedConnection) => RecordedConnection;

const spoilBytes =
  (change: (bytes: Buffer) => Buffer): Spoil =>
  (recorded) => ({
    ...recorded,
    chunks: recorded.chunks.map((chunk) => ({
      ...chunk,
      base64: change(Buffer.from(chunk.base64, 'base64')).toString('base64'),
    })),
  });

const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.nat(400), fc.nat(255)).map(([at, byte]) =>
    spoilBytes((bytes) => {
      if (bytes.length > 0) {
        bytes[at % bytes.length] = byte;
      }
      return bytes;
    }),
  ),
  fc.nat(300).map((length) => spoilBytes((bytes) => bytes.subarray(0, length))),
  fc.constant<Spoil>((recorded) => ({ ...recorded, chunks: recorded.chunks.toReversed() })),
  fc.constant<Spoil>((recorded) => ({ ...recorded, chunks: [...recorded.chunks, ...recorded.chunks] })),
  fc.constant<Spoil>((recorded) => ({ ...recorded, response: null })),
  fc.nat(599).map<Spoil>((status) => (recorded) => ({
    ...recorded,
    response: recorded.response === null ? null : { ...recorded.response, status },
  })),
  ending.map<Spoil>((end) => (recorded) => ({ ...recorded, end: { ...recorded.end, ...end } })),
  fc.nat(4000).map<Spoil>((sentAtMs) => (recorded) => ({ ...recorded, sentAtMs })),
);

const conforming = simulateRun();

describe('any transcript', () => {
  it('of hostile bytes is judged without a throw', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        rightIn(run);
      }),
      { numRuns: fuzzRuns(300) },
    );
  });

  it('of a good run that was spoilt is judged without a throw', () => {
    const spoilt = fc.record({
      at: fc.nat(conforming.length - 1),
      by: fc.array(fc.tuple(fc.nat(20), spoil), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(spoilt, ({ at, by }) => {
        const transcript = conforming[at];
        const connections = (transcript?.connections ?? []).map((recorded, index, all) =>
          by.filter(([where]) => where % all.length === index).reduce((known, [, change]) => change(known), recorded),
        );
        rightIn(transcript === undefined ? [] : [{ ...transcript, connections }]);
      }),
      { numRuns: fuzzRuns(150) },
    );
  });

  it('without an answer passes nothing', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const mute = run.map((transcript) => ({
          ...transcript,
          connections: transcript.connections.map((recorded) => ({ ...recorded, response: null, chunks: [] })),
        }));
        expect(rightIn(mute)).toEqual([]);
      }),
      { numRuns: fuzzRuns(100) },
    );
  });

  it('of a long stream is judged in time that grows with its length', () => {
    judgeMs(100); // what is compiled once is compiled now
    const shortMs = judgeMs(4000);
    // Eight times the events take eight times as long; were it their square, sixty-four.
    expect(judgeMs(32_000)).toBeLessThan(40 * shortMs);
  });
});

/** Processor time that all rules take over three readers of a stream: a busy machine does not count. */
function judgeMs(events: number): number {
  const text = Array.from({ length: events }, (_, n) => chunkText(n + 1)).join('');
  const reader = (label: string, atMs: number) =>
    connection({
      label,
      sentAtMs: atMs,
      sse: [
        [atMs + 20, heartbeatText()],
        [atMs + 30, text],
        [atMs + 40, completeText(events + 1)],
      ],
    });
  const transcript = scenario('readers', [reader('reader-1', 0), reader('reader-2', 1), reader('late', 500)]);
  const before = process.cpuUsage();
  rightIn([transcript]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
