/** The hook in Chromium, under React 18 and React 19. */
import { once } from 'node:events';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../scripts/testing/needs.js';
import { type Browser, launchBrowser } from '../client/testing/browser.js';
import { page } from '../client/testing/page-answers.js';
import {
  type Answer,
  chunk,
  heartbeat,
  hold,
  ScriptedServer,
  status,
  stream,
} from '../client/testing/scripted-server.js';
import type { UseSSEStreamOptions } from './index.js';

const chromium = needs('chromium');
/** A machine under load takes its time. */
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });
const beat = heartbeat({ heartbeat_interval: 0.2, silence_threshold: 0.6 });
const sourced = 'id: 3\nevent: complete\ndata: {"reason":"done","sources":["almanac"]}\n\n';
const whole = [beat, chunk(1), chunk(2), sourced];

async function bundleHarness(version: 18 | 19): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('testing/harness.tsx', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: version === 18 ? { react: 'react-18', 'react-dom': 'react-dom-18' } : {},
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

describe.skipIf(!chromium.met).each([18, 19] as const)('under React %i', (version) => {
  let browser: Browser;
  let script: string;
  let server: ScriptedServer;
  let tab: Page;

  beforeAll(async () => {
    [browser, script] = await Promise.all([launchBrowser(), bundleHarness(version)]);
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await tab.close();
    await server.stop();
  });

  async function open(...answers: readonly Answer[]): Promise<void> {
    server = await ScriptedServer.start(page(`addEventListener('DOMContentLoaded', () => {${script}})`), ...answers);
    tab = await browser.context.newPage();
    await tab.route('**/favicon.ico', (route) => route.abort());
    await tab.goto(server.url);
  }

  const render = (options: UseSSEStreamOptions, strict = false) =>
    tab.evaluate(([given, mode]) => window.harness.render({ backoffBaseMs: 50, ...given }, mode), [
      options,
      strict,
    ] as const);
  const start = () => tab.evaluate(() => window.harness.stream?.start());
  const state = () => tab.evaluate(() => window.harness.stream?.state);
  const shown = () => tab.evaluate(() => window.harness.rendered);
  const heard = () => tab.evaluate(() => window.harness.heard);
  const asked = () => server.requests.slice(1);

  it('shows an answer, and says that it is complete', async () => {
    await open(stream(...whole));
    await render({ query: 'what are tides?' });
    expect(await tab.evaluate(() => window.harness.version)).toMatch(new RegExp(`^${version}\\.`));
    expect(asked()).toHaveLength(0);
    await start();
    await eventually(state).toBe('completed');
    expect(await tab.textContent('p')).toBe('w1 w2 ');
    expect(await heard()).toEqual(['heartbeat', 'content w1 ', 'content w2 ', 'complete ["almanac"] false']);
    expect((await shown()).at(-1)).toBe('Disconnected: Response complete');
    expect(asked()[0]?.url).toMatch(/^\/stream\/search\?query=what%20are%20tides%3F&stream_id=[0-9a-f]{32}$/);
  });

  it('shows a loss, the retry and the recovery', async () => {
    await open(stream(beat, chunk(1)), status(503), hold(beat));
    await render({ url: '/stream', maxReconnectAttempts: 3 });
    await start();
    await eventually(async () => (await shown()).at(-1)).toBe('Connected: Connection restored - resuming stream...');
    const lines = await shown();
    expect(lines).toContain('Connecting: ');
    expect(lines).toContain('Reconnecting: Connection lost - attempting to reconnect...');
    expect(lines).toContain('Reconnecting: Waiting for server response... (retry 2/3)');
  });

  it('shows that it waits, and gives up in words', async () => {
    await open(hold(beat), status(503));
    await render({ url: '/stream', maxReconnectAttempts: 1 });
    await start();
    await eventually(state).toBe('failed');
    const lines = await shown();
    expect(lines).toContain('Connected: Waiting for server response...');
    expect(lines.at(-1)).toBe('Disconnected: Failed to connect. Please refresh.');
    expect(await heard()).toEqual(['heartbeat', 'error attempts']);
  });

  it('stops, and starts again', async () => {
    await open(hold(beat, chunk(1)), stream(...whole));
    await render({ url: '/stream' });
    await start();
    await eventually(state).toBe('open');
    await tab.evaluate(() => window.harness.stream?.stop());
    await eventually(async () => (await shown()).at(-1)).toBe('Disconnected: ');
    expect(await tab.textContent('p')).toBe('w1 ');
    await start();
    await eventually(state).toBe('completed');
    expect(await tab.textContent('p')).toBe('w1 w2 ');
  });

  it('asks once under StrictMode', async () => {
    await open(stream(...whole));
    await render({ url: '/stream', autoStart: true }, true);
    await eventually(state).toBe('completed');
    expect(asked()).toHaveLength(1);
    expect((await heard()).filter((line) => line.startsWith('content'))).toHaveLength(2);
  });

  it('closes its stream when it is unmounted, and calls nothing any more', async () => {
    await open(hold(beat));
    await render({ url: '/stream', autoStart: true });
    await eventually(state).toBe('open');
    await tab.evaluate(() => window.harness.unmount());
    const socket = asked()[0]?.socket;
    if (socket?.destroyed === false) {
      await once(socket, 'close');
    }
    expect(await heard()).toEqual(['heartbeat']);
  });

  it('shows the last of many questions that follow at once', async () => {
    await open(stream(...whole));
    await tab.evaluate(() => {
      for (const query of ['one', 'two', 'three']) {
        window.harness.render({ query, autoStart: true });
      }
    });
    await eventually(state).toBe('completed');
    expect(await tab.textContent('p')).toBe('w1 w2 ');
    expect(asked().at(-1)?.url).toContain('query=three');
  });

  it('closes the stream of the question before', async () => {
    await open(hold(beat, chunk(1, 'old ')), stream(...whole));
    await render({ query: 'one', autoStart: true });
    await eventually(() => tab.textContent('p')).toBe('old ');
    await render({ query: 'two', autoStart: true });
    await eventually(state).toBe('completed');
    expect(await tab.textContent('p')).toBe('w1 w2 ');
    await eventually(() => asked()[0]?.socket.destroyed).toBe(true);
  });

  it('renders a long replay a few times, not once an event', async () => {
    const count = 3000;
    const blocks = Array.from({ length: count }, (_, index) => chunk(index + 1));
    await open(stream(beat, ...blocks, `id: ${count + 1}\nevent: complete\ndata: {"reason":"done"}\n\n`));
    await render({ url: '/stream', autoStart: true });
    await eventually(state).toBe('completed');
    expect((await heard()).length).toBe(count + 2);
    expect((await shown()).length).toBeLessThan(count / 10);
  });
});
