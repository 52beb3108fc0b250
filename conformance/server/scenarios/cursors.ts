/** Sends cursors that no conforming client would send, or that name what the target no longer has. */
import { BRIEF_MS, opensStream, read, readToEnd, untilIds } from './reading.js';
import type { OpenOptions, Scenario, Stage, Visit } from './scenario.js';

type Cursor = Pick<OpenOptions, 'cursorHeader' | 'cursorQuery' | 'headers'>;

/** Every way to break the syntax of a cursor (REPLAY-004), by how it is written down in the transcript. */
const MALFORMED: readonly (readonly [written: string, cursor: Cursor])[] = [
  ...['abc', '-1', '+1', '1.5', '1.0', '01', '1e3', '0x10', '1 2', '1,2', 'null', '-0', '00', '9007199254740992'].map(
    (value) => [`header: ${JSON.stringify(value)}`, { cursorHeader: value }] as const,
  ),
  [`header: ${JSON.stringify('9'.repeat(400))}`, { cursorHeader: '9'.repeat(400) }],
  ['header: "é"', { cursorHeader: 'é' }],
  ['header twice: "1","2"', { headers: { 'Last-Event-ID': ['1', '2'] } }],
  ...['abc', '-1', '+1', '1.5', '01', '９', '1\u0000', '%', '', ' 1 '].map(
    (value) => [`query: ${JSON.stringify(value)}`, { cursorQuery: value }] as const,
  ),
  ['query twice: "1","2"', { cursorQuery: ['1', '2'] }],
];

export const badCursor: Scenario = {
  name: 'bad-cursor',
  does: `sends ${MALFORMED.length} malformed cursors for a stream that exists`,
  occasion: 'stream',
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const first = stage.open({ label: 'first' });
    if ((await untilIds(first, 1)) !== undefined) {
      await sendMalformed(stage);
    }
    await readToEnd(stage, first);
  },
};

async function sendMalformed(stage: Stage): Promise<void> {
  let accepted = 0;
  for (const [index, [written, cursor]] of MALFORMED.entries()) {
    if (stage.signal.aborted) {
      return;
    }
    const label = `malformed-${index + 1}`;
    stage.note(label, written);
    const visit = stage.open({ label, ...cursor, timeoutMs: BRIEF_MS });
    if (opensStream(await visit.response)) {
      await visit.close();
      accepted += 1;
    } else {
      const end = await visit.ended;
      accepted += end.kind === 'timeout' ? 1 : 0;
    }
    // A target that takes every cursor costs a connection each time: a few of each kind are evidence enough.
    if (accepted >= MOST_ACCEPTED) {
      return;
    }
  }
}

/** After so many cursors that were not refused there is nothing more to learn. */
const MOST_ACCEPTED = 18;

export const unknownCursor: Scenario = {
  name: 'unknown-cursor',
  does: 'sends a cursor far above the newest id, and a cursor for a stream that does not exist',
  occasion: 'stream',
  connections: 3,
  lasts: 'short',
  async run(stage) {
    const first = stage.open({ label: 'first' });
    if ((await untilIds(first, 1)) !== undefined) {
      const unknown = stage.freshStreamId();
      await Promise.all([
        read(stage, { label: 'ahead', cursorHeader: '1000000', timeoutMs: BRIEF_MS }),
        unknown === null
          ? undefined
          : read(stage, {
              label: 'unknown-stream',
              streamId: unknown,
              cursorHeader: '5',
              timeoutMs: BRIEF_MS,
            }),
      ]);
    }
    await first.close();
  },
};

export const evicted: Scenario = {
  name: 'evicted',
  does: 'asks for events of a stream that the target no longer keeps',
  occasion: 'evicted',
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const first = await read(stage, { label: 'first' });
    if (opensStream(await first.response)) {
      const refused = await read(stage, { label: 'evicted', cursorHeader: '1', timeoutMs: BRIEF_MS });
      await read(stage, { label: 'evicted-from-start', timeoutMs: BRIEF_MS });
      const earliest = earliestIn(refused);
      if (earliest !== undefined) {
        await read(stage, { label: 'evicted-rest', cursorHeader: String(earliest - 1), timeoutMs: BRIEF_MS });
        await read(stage, { label: 'evicted-below', cursorHeader: String(earliest - 2), timeoutMs: BRIEF_MS });
      }
    }
  },
};

/** The id that a refusal calls the smallest that is still kept, where there may be events below and above it. */
function earliestIn({ events }: Visit): number | undefined {
  for (const { type, data } of events) {
    const [, digits = ''] = (type === 'error' && /"earliest_available"\s*:\s*([0-9]{1,15})\b/.exec(data)) || [];
    if (Number(digits) > 2) {
      return Number(digits);
    }
  }
  return undefined;
}
