/** Reads too slowly, feeds hostile input, and watches a shutdown. */
import { isTerminal, numberOfId, opensStream, read, readToEnd, untilIds } from './reading.js';
import type { Scenario } from './scenario.js';

/** What a reader takes before it stops: past the head and the first events. */
const READ_BEFORE_PAUSE_BYTES = 64 * 1024;

/** Long enough for a fast producer to fill the sockets' buffers and its own. */
const SLOW_MS = 2500;

export const slowReader: Scenario = {
  name: 'slow-reader',
  does: 'stops reading a fast stream for a while, reads on, and resumes where the target closed',
  occasion: 'flood',
  connections: 1,
  lasts: 'stream',
  async run(stage) {
    const slow = stage.open({ label: 'slow', pauseAfterBytes: READ_BEFORE_PAUSE_BYTES });
    if (!opensStream(await slow.response)) {
      await slow.ended;
      return;
    }
    await Promise.race([slow.ended, stage.pause(SLOW_MS)]);
    slow.resume();
    await readToEnd(stage, slow);
    // From before the end, where there was one: whether others are told the same.
    const newest = slow.events
      .filter((event) => !isTerminal(event))
      .map(numberOfId)
      .findLast((id) => id !== undefined);
    if (newest !== undefined) {
      await read(stage, { label: 'resume', cursorHeader: String(newest) });
    }
  },
};

export const injection: Scenario = {
  name: 'injection',
  does: 'reads a stream whose input holds line ends and NUL',
  occasion: 'injection',
  connections: 1,
  lasts: 'stream',
  async run(stage) {
    await read(stage, { label: 'first' });
  },
};

export const shutdown: Scenario = {
  name: 'shutdown',
  does: 'reads three streams while the target shuts down',
  occasion: 'shutdown',
  fallback: true,
  requires: 'shutdown',
  connections: 3,
  lasts: 'short',
  async run(stage) {
    const visits = ['first', 'second', 'third'].map((label, index) =>
      stage.open({ label, ...(index === 0 ? {} : { streamId: stage.freshStreamId() }) }),
    );
    const ready = await Promise.all(visits.map((visit) => untilIds(visit, 2)));
    if (ready.some((event) => event !== undefined)) {
      stage.note('shutdownAtMs', Math.round(stage.elapsedMs()));
      await stage.shutdown();
    }
    await Promise.all(visits.map((visit) => readToEnd(stage, visit)));
  },
};
