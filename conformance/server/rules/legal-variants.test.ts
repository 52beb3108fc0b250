/** What the protocol permits: none of it may be taken for a fault. */
import { expect, it } from 'vitest';
import type { ConnectionLiteral } from '../../evidence/fixture.js';
import { beats, data, type Faults, mapEvents, text, without } from './testing/faults.js';
import { simulateRun } from './testing/simulated-run.js';
import { type Ask, cursorText, formatEvent, refusal } from './testing/simulated-target.js';
import { chapters, idsSeeing } from './testing/verdicts.js';

const busy = (ask: Ask, status: number): Partial<ConnectionLiteral> => ({
  status,
  headers: [
    ['Content-Type', 'application/problem+json'],
    ['Retry-After', '1'],
  ],
  sse: [[ask.sentAtMs + 12, '{"type":"about:blank","title":"busy"}']],
});

const closesAfter = (ms: number): Faults => ({
  closeAt: (atMs, { acceptedAtMs }) => Math.min(atMs, acceptedAtMs + ms),
});

const variants: Readonly<Record<string, Faults>> = {
  'nothing special': {},
  'rotation after 0.35 s, with a slow generator': {
    ...closesAfter(350),
    plan: (plan) => ({ ...plan, chunks: 3, paceMs: 700 }),
  },
  'rotation after 0.45 s': closesAfter(450),
  'rotation after 0.7 s': closesAfter(700),
  'rotation after 1.2 s': closesAfter(1200),
  'comments and reconnection times': text((written) => `: ping\n\nretry: 1000\n\n: x\n${written}: y\n`),
  'no space after the colon': text((written) => written.replace(/^(\w+): /gm, '$1:')),
  'the id after the data': text((written) => written.replace(/^(id: .*\n)(data: .*\n)/m, '$2$1')),
  'heartbeats that shift': { heartbeatTimes: (times) => times.map((atMs, n) => atMs + ((n * 37) % 60)) },
  'heartbeats at 0.65 of the interval': {
    heartbeatTimes: ([first = 0, ...rest]) => [first, ...rest.map((_, n) => first + 130 * (n + 1))],
  },
  'a rest in whole seconds': beats((sent) => ({
    ...sent,
    remaining_seconds: Math.floor(Number(sent.remaining_seconds)),
  })),
  'a rest rounded up': beats((sent) => ({ ...sent, remaining_seconds: Math.ceil(Number(sent.remaining_seconds)) })),
  'heartbeats counted from 0': beats((sent) => ({ ...sent, heartbeat_count: Number(sent.heartbeat_count) - 1 })),
  'a cap that is noticed 0.9 s late': { plan: (plan) => ({ ...plan, capMs: 3900 }) },
  'four readers at most': {
    refuse: (ask, _stream, decided) =>
      /^reader-([5-9]|1\d)|late|zero|empty|seam/.test(ask.label) ? busy(ask, 429) : decided,
  },
  'no resumption while it is busy': {
    refuse: (ask, _stream, decided) => (cursorText(ask) === undefined ? decided : busy(ask, 503)),
  },
  'history that is gone while the stream runs': {
    refuse: (ask, stream, decided) =>
      stream !== undefined && /resume|seam/.test(ask.label)
        ? refusal(ask, 'replay_gap', { requested: 3, earliest_available: 5 })
        : decided,
  },
  'a type of its own with an id': {
    generate: (stream) =>
      mapEvents(stream, (event) => {
        const { data: sent } = event;
        if (event.id === 3 && event.type === 'content_chunk') {
          return { ...event, type: 'x-note', data: { trace_id: 'trace-1' } };
        }
        return typeof sent.total_chunks === 'number'
          ? { ...event, data: { ...sent, total_chunks: sent.total_chunks - 1 } }
          : event;
      }),
  },
  'a type of its own without an id': {
    deliver: (events) =>
      events.flatMap((event) => [{ type: 'x-progress', data: { trace_id: 'trace-1' }, atMs: event.atMs - 0.5 }, event]),
  },
  'an answer cut at its length': data('complete', (sent) =>
    sent.reason === 'done' ? { ...sent, reason: 'length' } : sent,
  ),
  'a reason of its own': data('complete', (sent) => (sent.reason === 'done' ? { ...sent, reason: 'x-quota' } : sent)),
  'no seq': { format: (event) => formatEvent({ ...event, data: without(event.data, 'seq') }) },
  'further members': {
    format: (event) => formatEvent({ ...event, data: { ...event.data, sources: ['a'], total_tokens: 3 } }),
  },
  'a declared retention': { headers: () => ({ 'X-Replay-Retention': '60' }) },
  'no parameter headers': {
    headers: () => ({
      'X-Stream-Max-Seconds': null,
      'X-Heartbeat-Interval': null,
      'X-Silence-Threshold': null,
      'X-Stream-ID': null,
    }),
  },
  'a replay at the pace of the generation': {
    deliver: (events, { acceptedAtMs }) =>
      events.map((event, n) => ({ ...event, atMs: Math.max(event.atMs, acceptedAtMs + 1 + 12 * n) })),
  },
  'a terminal event alone': { plan: (plan) => ({ ...plan, chunks: 0 }) },
  'a close 0.9 s after the end': { closeAt: (atMs) => atMs + 900 },
  'a slow generator': { plan: (plan) => ({ ...plan, chunks: 4, paceMs: 550 }) },
  'a fast generator': { plan: (plan) => ({ ...plan, paceMs: 3 }) },
  'an answer that is there at once': { plan: (plan) => ({ ...plan, paceMs: 0.01 }) },
};

it.each(Object.entries(variants))('%s is no fault', (_what, variant) => {
  expect(idsSeeing('wrong', simulateRun(variant))).toEqual([]);
});

it('every rule sees that a conforming target does right', () => {
  const silent = new Set(Object.keys(chapters));
  for (const id of idsSeeing('right', simulateRun())) {
    silent.delete(id);
  }
  // The header is optional, and the simulated target leaves it out.
  expect([...silent]).toEqual(['REPLAY-020']);
  expect(idsSeeing('not-applicable', simulateRun())).toEqual(['REPLAY-020']);
});
