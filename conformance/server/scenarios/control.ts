/** Creates, joins, cancels and misuses streams by method and parameters. */
import {
  BRIEF_MS,
  glance,
  headerOf,
  isTerminal,
  newestId,
  numberOfId,
  opensStream,
  read,
  readToEnd,
  untilIds,
} from './reading.js';
import type { Scenario } from './scenario.js';

export const cancel: Scenario = {
  name: 'cancel',
  does: 'cancels a running stream by DELETE and reads its end again',
  occasion: 'cap',
  fallback: true,
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const first = stage.open({ label: 'first' });
    if ((await untilIds(first, 2)) === undefined) {
      return;
    }
    const deletion = stage.open({ label: 'delete', method: 'DELETE', timeoutMs: BRIEF_MS });
    await Promise.all([deletion.ended, readToEnd(stage, first)]);
    const terminal = first.events.find(isTerminal);
    const terminalId = terminal === undefined ? undefined : numberOfId(terminal);
    // A target may have closed the connection before the end (CAP-004): the rest is then read from the newest id on.
    const cursor = terminal === undefined ? newestId(first) : terminalId === undefined ? undefined : terminalId - 1;
    if (cursor !== undefined) {
      await read(stage, { label: 'after-cancel', cursorHeader: String(cursor), timeoutMs: BRIEF_MS });
    }
  },
};

const CREATIONS_WITHOUT_ID = 3;

export const create: Scenario = {
  name: 'create',
  does: 'creates a stream by POST, joins it at its Content-Location, and lets the target choose stream ids',
  occasion: 'create',
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const post = stage.open({ label: 'post', method: 'POST' });
    const response = await post.response;
    await untilIds(post, 1);
    await post.close();
    const location = headerOf(response, 'content-location');
    const joining = location === undefined ? undefined : read(stage, { label: 'join', url: location });
    if (opensStream(response)) {
      for (let chosen = 1; chosen <= CREATIONS_WITHOUT_ID; chosen += 1) {
        const visit = stage.open({ label: `chosen-${chosen}`, method: 'POST', streamId: null, timeoutMs: BRIEF_MS });
        await visit.response;
        await visit.close();
      }
    }
    await joining;
  },
};

export const conflict: Scenario = {
  name: 'conflict',
  does: 'names an existing stream with other parameters',
  occasion: 'conflict',
  connections: 2,
  lasts: 'short',
  async run(stage) {
    const first = stage.open({ label: 'first', occasion: 'stream' });
    await first.until(() => true);
    if (opensStream(await first.response)) {
      await stage.identified();
      await glance(stage, { label: 'other' });
    }
    await first.close();
  },
};
