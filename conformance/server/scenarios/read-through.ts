/** Reads one stream from its creation to its terminal event, over as many connections as the target makes it. */
import { newestId, opensStream, readToEnd } from './reading.js';
import type { Scenario } from './scenario.js';

/** A target may close early (CAP-004); one that closes this often without an end is not followed further. */
const MOST_RESUMPTIONS = 5;

export const readThrough: Scenario = {
  name: 'read-through',
  does: 'reads a stream from its creation to its end, and resumes where the target closes early',
  occasion: 'stream',
  connections: 1,
  lasts: 'stream',
  async run(stage) {
    let visit = stage.open({ label: 'first' });
    let newest: number | undefined;
    for (let again = 1; again <= MOST_RESUMPTIONS + 1; again += 1) {
      const end = await readToEnd(stage, visit);
      newest = newestId(visit) ?? newest;
      const terminal = visit.events.some((event) => event.type === 'complete' || event.type === 'error');
      const resumable = end.by === 'target' && newest !== undefined && opensStream(await visit.response);
      if (terminal || !resumable || again > MOST_RESUMPTIONS || stage.signal.aborted) {
        return;
      }
      visit = stage.open({ label: `again-${again}`, cursorHeader: String(newest) });
    }
  },
};
