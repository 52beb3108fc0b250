/** Puts twenty readers on one stream, early, late and at the seam between replay and live. */
import { newestId, opensStream, readToEnd, untilIds } from './reading.js';
import type { OpenOptions, Scenario, Visit } from './scenario.js';

const EARLY_READERS = 12;
const SEAM_READERS = 4;

/** Apart by less than the pace of most streams, so that some of them join while an event is being produced. */
const SEAM_STEP_MS = 80;

const LATE_READERS: readonly OpenOptions[] = [
  { label: 'late' },
  { label: 'zero', cursorHeader: '0' },
  { label: 'empty-header', cursorHeader: '' },
  { label: 'zero-query', cursorQuery: '0' },
];

export const readers: Scenario = {
  name: 'readers',
  does: `puts ${EARLY_READERS + LATE_READERS.length + SEAM_READERS} readers on one stream, from its start and in its middle`,
  occasion: 'stream',
  connections: EARLY_READERS + LATE_READERS.length + SEAM_READERS,
  lasts: 'stream',
  async run(stage) {
    const leader = stage.open({ label: 'reader-1' });
    const visits: Visit[] = [leader];
    // The first answer shows whether there is a stream at all to send so many readers to.
    if (opensStream(await leader.response)) {
      await stage.identified();
      for (let reader = 2; reader <= EARLY_READERS; reader += 1) {
        visits.push(stage.open({ label: `reader-${reader}` }));
      }
      if ((await untilIds(leader, 2)) !== undefined) {
        visits.push(...LATE_READERS.map((options) => stage.open(options)));
        for (let seam = 1; seam <= SEAM_READERS; seam += 1) {
          await stage.pause(SEAM_STEP_MS);
          visits.push(stage.open({ label: `seam-${seam}`, cursorHeader: String(newestId(leader) ?? 0) }));
        }
      }
    }
    await Promise.all(visits.map((visit) => readToEnd(stage, visit)));
  },
};
