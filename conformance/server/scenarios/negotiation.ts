/** Asks with other Accept headers, other methods, from another origin, and for compression. */
import { BRIEF_MS, glance, opensStream, readToEnd } from './reading.js';
import type { Scenario } from './scenario.js';

export const accept: Scenario = {
  name: 'accept',
  does: 'asks with Accept headers that exclude an event stream, and with one that takes anything',
  occasion: 'stream',
  connections: 3,
  lasts: 'short',
  async run(stage) {
    const ask = (label: string, value: string) =>
      glance(stage, { label, headers: { Accept: value }, streamId: stage.freshStreamId() });
    await Promise.all([
      ask('accept-json', 'application/json'),
      ask('accept-q0', 'text/event-stream;q=0, application/json'),
      ask('accept-any', '*/*'),
    ]);
  },
};

const ORIGIN = 'https://app.example';

export const cors: Scenario = {
  name: 'cors',
  does: 'asks from another origin, after a preflight',
  occasion: 'stream',
  connections: 2,
  lasts: 'short',
  async run(stage) {
    const preflight = stage.open({
      label: 'preflight',
      method: 'OPTIONS',
      // A browser sends no credentials with a preflight.
      credentials: 'none',
      headers: {
        Accept: '*/*',
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'last-event-id,x-trace-id',
      },
      timeoutMs: BRIEF_MS,
    });
    const crossOrigin = glance(stage, { label: 'cross-origin', headers: { Origin: ORIGIN } });
    await preflight.ended;
    await stage.open({ label: 'options', method: 'OPTIONS', timeoutMs: BRIEF_MS }).ended;
    await crossOrigin;
  },
};

/** Longer than a server takes to start a stream: a stream that the HEAD started shows its age by then. */
const HEAD_PAUSE_MS = 1200;

export const head: Scenario = {
  name: 'head',
  does: 'asks by HEAD, and a moment later by GET for the same stream',
  occasion: 'stream',
  connections: 1,
  lasts: 'short',
  async run(stage) {
    const response = await glance(stage, { label: 'head', method: 'HEAD' }).then((visit) => visit.response);
    // Where HEAD was refused nothing can have been started, and the GET only shows what would have been the answer.
    await stage.pause(response === null || response.status === 200 ? HEAD_PAUSE_MS : 0);
    await glance(stage, { label: 'get-after-head' });
  },
};

export const compression: Scenario = {
  name: 'compression',
  does: 'reads one stream plain and, at the same time, as a reader that takes compression',
  occasion: 'stream',
  connections: 2,
  lasts: 'stream',
  async run(stage) {
    const plain = stage.open({ label: 'plain', headers: { 'Accept-Encoding': 'identity' } });
    if (!opensStream(await plain.response)) {
      await plain.ended;
      return;
    }
    await stage.identified();
    const packed = stage.open({ label: 'packed', headers: { 'Accept-Encoding': 'gzip, deflate, br' } });
    await Promise.all([readToEnd(stage, plain), readToEnd(stage, packed)]);
  },
};

export const http2: Scenario = {
  name: 'http2',
  does: 'offers HTTP/2',
  occasion: 'stream',
  requires: 'http2',
  connections: 1,
  lasts: 'short',
  async run(stage) {
    await glance(stage, { label: 'first', http2: true });
  },
};
