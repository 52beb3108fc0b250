/** Asks again for streams that have ended, well or badly. */
import { BRIEF_MS, isTerminal, numberOfId, read } from './reading.js';
import type { OpenOptions, Scenario, Stage, Visit } from './scenario.js';

/** Above the terminal id by this much: no target could take it for an off-by-one of its own. */
const AHEAD = 10;

/** How much later the stream is asked for once more: long enough for a target that tidies up after each stream. */
const LATER_MS = 1500;

export const afterTheEnd: Scenario = {
  name: 'after-the-end',
  does: 'reads a stream to its end and then asks for its end, its middle, its start and more than there is, now and later',
  occasion: 'long',
  fallback: true,
  connections: 4,
  lasts: 'stream',
  async run(stage) {
    const terminalId = terminalOf(await read(stage, { label: 'first' }));
    if (terminalId === undefined) {
      return;
    }
    stage.note('terminalId', terminalId);
    await askAgain(stage, [
      { label: 'at-end', cursorHeader: String(terminalId) },
      { label: 'at-end-by-query', cursorQuery: String(terminalId) },
      { label: 'below-end', cursorHeader: String(terminalId - 1) },
      { label: 'middle', cursorHeader: String(Math.floor(terminalId / 2)) },
      { label: 'from-start' },
      { label: 'ahead-of-end', cursorHeader: String(terminalId + AHEAD) },
      { label: 'one-ahead-of-end', cursorHeader: String(terminalId + 1) },
    ]);
    await stage.pause(LATER_MS);
    await askAgain(stage, [{ label: 'later', cursorHeader: String(Math.floor(terminalId / 2)) }]);
  },
};

export const error: Scenario = {
  name: 'error',
  does: 'reads a stream whose generation fails and asks for its end again',
  occasion: 'error',
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const terminalId = terminalOf(await read(stage, { label: 'first' }));
    if (terminalId === undefined) {
      return;
    }
    stage.note('terminalId', terminalId);
    await askAgain(stage, [
      { label: 'below', cursorHeader: String(terminalId - 1) },
      { label: 'at-end', cursorHeader: String(terminalId) },
    ]);
  },
};

/** The id of the terminal event, where it has one. */
function terminalOf(visit: Visit): number | undefined {
  const terminal = visit.events.find(isTerminal);
  return terminal === undefined ? undefined : numberOfId(terminal);
}

/** In two lanes, so that few sockets are needed and one slow answer does not hold up the rest. */
async function askAgain(stage: Stage, requests: readonly OpenOptions[]): Promise<void> {
  const lane = async (parity: number): Promise<void> => {
    for (const request of requests.filter((_, index) => index % 2 === parity)) {
      await read(stage, { timeoutMs: BRIEF_MS, ...request });
    }
  };
  await Promise.all([lane(0), lane(1)]);
}
