/** Where a scenario is played: the reference server behind a fault proxy, and the client in Node or in Chromium. */
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { createFaultProxy, type FaultProxy } from '../../conformance/faults/proxy.js';
import { type Browser, launchBrowser } from '../../reference/client/testing/browser.js';
import { serve } from '../../reference/server/testing/serve.js';
import type { LinkShape } from '../../schemas/1.0/index.js';
import { type Observation, type ObserveOptions, observe } from './observe.js';

/** Messages of a stream; its terminal event is one event more. */
export const MESSAGES = 50;
/** Enough content that a message is about 100 bytes. */
const CONTENT = 'water rises and falls twice a day '.padEnd(60, '. ');

export interface Timing {
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly messageMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/** What happens when so many events were delivered. */
export type Turn = (count: number) => void;

export interface Stage {
  readonly timing: Timing;
  readonly proxy: FaultProxy;
  /** Runs the client to its end. */
  run(onEvent?: Turn): Promise<Observation>;
  /** Gives the client's network this speed: by the proxy in Node, by the browser itself in Chromium. */
  shape(link: LinkShape): Promise<void>;
  /** Takes the client's network away, or gives it back. */
  setOffline(offline: boolean): Promise<void>;
  close(): Promise<void>;
}

/** The client in this process. */
export async function stageInNode(timing: Timing): Promise<Stage> {
  const { proxy, url, stop } = await scene(timing);
  return {
    timing,
    proxy,
    run: (onEvent = () => undefined) => observe(url, optionsOf(timing), onEvent),
    shape: async (down) => proxy.shape({ down }),
    setOffline: async (offline) => {
      proxy.setOffline(offline);
      if (offline) proxy.breakAll('reset');
    },
    close: stop,
  };
}

/** The client in a page of Chromium. */
export async function stageInChromium(timing: Timing, browser: Browser, script: string): Promise<Stage> {
  const { proxy, url, stop } = await scene(timing);
  const page = await browser.context.newPage();
  const address = new URL('/page', url).href;
  await page.route(address, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>scenario</title><script>${script}</script>`,
    }),
  );
  await page.goto(address);
  await page.unrouteAll();
  const session = await browser.context.newCDPSession(page);
  let conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  const apply = async (change: Partial<typeof conditions>): Promise<void> => {
    conditions = { ...conditions, ...change };
    await session.send('Network.emulateNetworkConditions', conditions);
  };
  let turn: Turn = () => undefined;
  await page.exposeFunction('told', (count: number) => turn(count));
  return {
    timing,
    proxy,
    run: (onEvent = () => undefined) => {
      turn = onEvent;
      return observeInPage(page, url, optionsOf(timing));
    },
    shape: ({ bytesPerSecond: throughput = -1, latencyMs: latency = 0 }) =>
      apply({ latency, downloadThroughput: throughput, uploadThroughput: throughput }),
    setOffline: (offline) => apply({ offline }),
    close: async () => {
      await page.close();
      await stop();
    },
  };
}

/** The observer as a script for a page, as `scenarios.observe`. */
export async function bundleObserver(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('observe.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'scenarios',
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

export { launchBrowser };

async function scene(timing: Timing): Promise<{ proxy: FaultProxy; url: string; stop: () => Promise<void> }> {
  const server = await serve({
    heartbeatInterval: timing.heartbeatInterval,
    silenceThreshold: timing.silenceThreshold,
    maxSeconds: 300,
    async *produce() {
      for (let message = 1; message <= MESSAGES; message += 1) {
        await new Promise((resolve) => setTimeout(resolve, timing.messageMs));
        yield CONTENT;
      }
    },
  });
  const proxy = await createFaultProxy({ upstream: { host: '127.0.0.1', port: Number(server.url.port) } });
  const url = new URL(server.url);
  url.port = String(proxy.port);
  return {
    proxy,
    url: url.href,
    stop: async () => {
      await proxy.close();
      await server.stop();
    },
  };
}

async function observeInPage(page: Page, url: string, options: ObserveOptions): Promise<Observation> {
  const given = JSON.stringify([url, options]);
  return page.evaluate<Observation>(`scenarios.observe(...${given}, (count) => globalThis.told(count))`);
}

function optionsOf({ heartbeatInterval, silenceThreshold, backoffBaseMs, backoffCapMs }: Timing): ObserveOptions {
  return { heartbeatInterval, silenceThreshold, backoffBaseMs, backoffCapMs };
}
