/** Follows streams to their cap, on one connection and over a reconnection. */
import { randomBytes } from 'node:crypto';
import { declaredCap, newestId, opensStream, read } from './reading.js';
import type { Scenario } from './scenario.js';

export const cap: Scenario = {
  name: 'cap',
  does: 'reads a stream up to its cap',
  occasion: 'cap',
  fallback: true,
  connections: 1,
  lasts: 'cap',
  async run(stage) {
    const traceId = randomBytes(16).toString('hex');
    stage.note('traceparentId', traceId);
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    await read(stage, { label: 'first', headers: { traceparent } });
  },
};

/** Part of the cap after which the connection is cut: late enough that starting the clock again shows. */
const CUT_AT = 1 / 3;

export const capReconnect: Scenario = {
  name: 'cap-reconnect',
  does: 'reconnects after a third of the cap and reads on up to the cap',
  occasion: 'cap',
  fallback: true,
  connections: 1,
  lasts: 'cap',
  async run(stage) {
    const first = stage.open({ label: 'first' });
    const response = await first.response;
    if (!opensStream(response)) {
      await first.ended;
      return;
    }
    await Promise.race([first.until((event) => event.type === 'heartbeat'), stage.pause(1000)]);
    const cutAtMs = declaredCap(first, response) * CUT_AT * 1000;
    await Promise.race([first.ended, stage.pause(cutAtMs - (stage.elapsedMs() - (response?.atMs ?? 0)))]);
    await first.close();
    const newest = newestId(first);
    await read(stage, { label: 'second', ...(newest === undefined ? {} : { cursorHeader: String(newest) }) });
  },
};
