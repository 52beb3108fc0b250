/** The transcripts that a whole run against a simulated target leaves. */
import { evidenceOf, scenario } from '../../../evidence/fixture.js';
import type { RecordedConnection, Transcript } from '../../../evidence/types.js';
import {
  type Ask,
  CAP_MS,
  type Conduct,
  connect,
  makeStream,
  RIGHT,
  type StreamPlan,
  wellFormed,
} from './simulated-target.js';

const SHORT: StreamPlan = { chunks: 14, paceMs: 100, ending: 'done', kept: 1000, capMs: CAP_MS };
const LONG: StreamPlan = { ...SHORT, chunks: 150, paceMs: 10 };
const CAPPED: StreamPlan = { ...SHORT, chunks: 1000 };
const FAILING: StreamPlan = { ...SHORT, chunks: 5, ending: 'error' };
const FORGETFUL: StreamPlan = { ...SHORT, kept: 5 };

/** A created stream is 5 ms younger than the request of its creator. */
const BORN_AT_MS = 5;

/** Plays scenarios to a target with these faults. */
export function simulateRun(faults: Partial<Conduct> = {}): readonly Transcript[] {
  const conduct: Conduct = { ...RIGHT, ...faults };
  const play = (
    name: string,
    plan: StreamPlan,
    asks: (first: RecordedConnection | undefined) => readonly Ask[],
    occasion: string | null = null,
  ) => {
    const stream = conduct.generate(makeStream(conduct.plan(plan, name), BORN_AT_MS), name);
    const first = asks(undefined)[0];
    const opened = first === undefined ? undefined : connect(conduct, name, first, stream);
    const connections = asks(opened).map((ask) =>
      connect(conduct, name, ask, ask.streamId === undefined ? stream : undefined),
    );
    return scenario(name, connections, { occasion });
  };
  return [
    readThrough(conduct),
    play('cut-and-resume', SHORT, () => [
      { label: 'first', sentAtMs: 0, closeAfterIds: 3 },
      { label: 'resume-by-header', sentAtMs: 620, cursorHeader: '3' },
      { label: 'resume-by-query', sentAtMs: 620, cursorQuery: '3' },
      { label: 'resume-both', sentAtMs: 620, cursorHeader: '3', cursorQuery: '1' },
    ]),
    play('readers', SHORT, readers),
    play('replay-cut', SHORT, () => [
      { label: 'first', sentAtMs: 0, closeAfterIds: 3 },
      { label: 'cut-during-replay', sentAtMs: 320, cursorHeader: '0', closeAfterIds: 1 },
      { label: 'resume-after', sentAtMs: 340, cursorHeader: '1' },
    ]),
    play('after-the-end', LONG, afterTheEnd, 'long'),
    play('bad-cursor', SHORT, () => [
      { label: 'first', sentAtMs: 0 },
      ...['abc', '-1', '1.5', '007'].map((text, n) => ({
        label: `malformed-${n + 1}`,
        sentAtMs: 150,
        cursorHeader: text,
      })),
      { label: 'malformed-5', sentAtMs: 150, cursorQuery: ['1', '2'] },
    ]),
    play('unknown-cursor', SHORT, () => [
      { label: 'first', sentAtMs: 0, closeAtMs: 400 },
      { label: 'ahead', sentAtMs: 150, cursorHeader: '1000000', closeAtMs: 2650 },
      { label: 'unknown-stream', sentAtMs: 150, cursorHeader: '5', streamId: 'other', closeAtMs: 2650 },
    ]),
    play(
      'evicted',
      FORGETFUL,
      () => [
        { label: 'first', sentAtMs: 0 },
        { label: 'evicted', sentAtMs: 1700, cursorHeader: '1', closeAtMs: 4200 },
        { label: 'evicted-from-start', sentAtMs: 1720, closeAtMs: 4220 },
      ],
      'evicted',
    ),
    play('cap', CAPPED, () => [{ label: 'first', sentAtMs: 0 }], 'cap'),
    play(
      'cap-reconnect',
      CAPPED,
      () => [
        { label: 'first', sentAtMs: 0, closeAtMs: 1005 },
        { label: 'second', sentAtMs: 1010, cursorHeader: '9' },
      ],
      'cap',
    ),
    play(
      'error',
      FAILING,
      (first) =>
        afterItsEnd(first, 700, (last) => [
          { label: 'below', cursorHeader: String(last - 1) },
          { label: 'at-end', cursorHeader: String(last) },
        ]),
      'error',
    ),
    play(
      'injection',
      SHORT,
      () => [
        {
          label: 'first',
          sentAtMs: 0,
          url: 'http://target.test/stream?query=tides%0D%0Aevent%3A%20forged%0Ddata%3A%20%7B%22forged%22%3Atrue%7D%00',
        },
      ],
      'injection',
    ),
  ];
}

/** Goes on where the target closed without a terminal event, as the scenario does. */
function readThrough(conduct: Conduct): Transcript {
  const name = 'read-through';
  const stream = conduct.generate(makeStream(conduct.plan(SHORT, name), BORN_AT_MS), name);
  const connections: RecordedConnection[] = [];
  let ask: Ask = { label: 'first', sentAtMs: 0 };
  for (let again = 1; again <= 6; again += 1) {
    const recorded = connect(conduct, name, ask, stream);
    connections.push(recorded);
    const [view] = evidenceOf(scenario(name, [recorded])).connections();
    const newest = view?.events().findLast(({ id }) => id !== null)?.id ?? ask.cursorHeader;
    if (view?.isEventStream !== true || view.terminal !== undefined || view.end.by === 'kit' || newest === undefined) {
      break;
    }
    ask = { label: `again-${again}`, sentAtMs: view.end.atMs + 1, cursorHeader: newest };
  }
  return scenario(name, connections);
}

function readers(): readonly Ask[] {
  const early = Array.from({ length: 12 }, (_, n) => ({ label: `reader-${n + 1}`, sentAtMs: n }));
  const seams = Array.from({ length: 4 }, (_, n) => ({
    label: `seam-${n + 1}`,
    sentAtMs: 300 + 80 * n,
    cursorHeader: String(Math.floor((300 + 80 * n - 15) / 100)),
  }));
  return [
    ...early,
    { label: 'late', sentAtMs: 220 },
    { label: 'zero', sentAtMs: 220, cursorHeader: '0' },
    { label: 'empty-header', sentAtMs: 220, cursorHeader: '' },
    { label: 'zero-query', sentAtMs: 220, cursorQuery: '0' },
    ...seams,
  ];
}

function afterTheEnd(first: RecordedConnection | undefined): readonly Ask[] {
  return afterItsEnd(first, 1600, (last) => [
    { label: 'at-end', cursorHeader: String(last) },
    { label: 'at-end-by-query', cursorQuery: String(last) },
    { label: 'below-end', cursorHeader: String(last - 1) },
    { label: 'middle', cursorHeader: String(Math.floor(last / 2)) },
    { label: 'from-start' },
    { label: 'ahead-of-end', cursorHeader: String(last + 10) },
  ]);
}

/** Asks again only where the terminal event came and has an id, as the scenarios do. */
function afterItsEnd(
  first: RecordedConnection | undefined,
  fromMs: number,
  asks: (last: number) => readonly Omit<Ask, 'sentAtMs'>[],
): readonly Ask[] {
  const [view] = first === undefined ? [] : evidenceOf(scenario('first', [first])).connections();
  const last = wellFormed(view?.terminal?.id ?? '');
  const again = last === undefined ? [] : asks(last);
  return [
    { label: 'first', sentAtMs: 0 },
    ...again.map((ask, n) => ({ ...ask, sentAtMs: fromMs + 20 * n, closeAtMs: fromMs + 2500 + 20 * n })),
  ];
}
