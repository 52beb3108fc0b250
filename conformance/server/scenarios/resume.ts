/** Cuts connections at chosen events and resumes them in every way the protocol knows. */
import { randomBytes, randomUUID } from 'node:crypto';
import { numberOfId, read, untilIds } from './reading.js';
import type { Scenario } from './scenario.js';

/** Events before the cut: enough that leaving out one or doubling one shows. */
const EVENTS_BEFORE_CUT = 3;

/** Without a reader for this long, so that a target that cancels a stream with its reader shows it. */
const ABSENCE_MS = 300;

export const cutAndResume: Scenario = {
  name: 'cut-and-resume',
  does: 'closes a connection in the middle of the stream and resumes by header, by query and by both',
  occasion: 'stream',
  connections: 4,
  lasts: 'stream',
  async run(stage) {
    // Capitals and marks: a target that folds or strips them names another id.
    const traceId = `Kit_${randomUUID()}.Z`;
    stage.note('traceId', traceId);
    const first = stage.open({ label: 'first', headers: { 'X-Trace-ID': traceId } });
    const cut = await untilIds(first, EVENTS_BEFORE_CUT);
    await first.close();
    const cutAfterId = cut === undefined ? undefined : numberOfId(cut);
    if (cutAfterId === undefined) {
      return;
    }
    stage.note('cutAfterId', cutAfterId);
    await stage.pause(ABSENCE_MS);
    const cursor = String(cutAfterId);
    await Promise.all([
      read(stage, {
        label: 'resume-by-header',
        cursorHeader: cursor,
        headers: { 'X-Trace-ID': `kit-${randomUUID()}` },
      }),
      read(stage, { label: 'resume-by-query', cursorQuery: cursor }),
      read(stage, { label: 'resume-both', cursorHeader: cursor, cursorQuery: '1' }),
      // A target that takes the greater of the two shows it here.
      read(stage, { label: 'resume-both-below', cursorHeader: '1', cursorQuery: cursor }),
    ]);
  },
};

/** Far longer than a trace id may be (TRACE-006). */
const HOSTILE_TRACE_ID = randomBytes(5_120).toString('hex');

export const replayCut: Scenario = {
  name: 'replay-cut',
  does: 'closes a connection during its replay and resumes from there, with a trace id of 10 kB',
  occasion: 'stream',
  connections: 1,
  lasts: 'stream',
  async run(stage) {
    stage.note('hostile:first', HOSTILE_TRACE_ID);
    const first = stage.open({ label: 'first', headers: { 'X-Trace-ID': HOSTILE_TRACE_ID } });
    const reached = await untilIds(first, EVENTS_BEFORE_CUT);
    await first.close();
    if (reached === undefined) {
      return;
    }
    const replayed = stage.open({ label: 'cut-during-replay', cursorHeader: '0' });
    const last = await untilIds(replayed, 1);
    await replayed.close();
    const cursor = last === undefined ? undefined : numberOfId(last);
    if (cursor !== undefined) {
      await read(stage, { label: 'resume-after', cursorHeader: String(cursor) });
    }
  },
};
