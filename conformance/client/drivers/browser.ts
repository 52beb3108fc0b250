/** Driver "browser": a page per scenario in headless Chromium, that reports through `window.conformance`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { Cue } from '../scenarios/scenario.js';
import { launchChromium } from './chromium.js';
import type { ClientDriver, ClientEnd, ClientSession, ReportLine } from './driver.js';
import { LINE_BYTES, STDERR_BYTES } from './limits.js';
import { type PageServer, servePage } from './page-server.js';

const PLACEHOLDER = '{url}';

/** How often a page is asked to show that it runs, milliseconds; the answer is kept in the page under a name of its own. */
const TICK_MS = 25;
const LAG_NAME = 'conformanceLagMs';
const LAG = `globalThis.${LAG_NAME}()`;

/** A page that does not load is closed after this long; the scenario shows that nothing was asked for. */
const LOAD_MS = 15_000;

/** A page that answers no question for this long is stuck, and is not waited for. */
const ANSWER_MS = 3_000;

export interface BrowserOptions {
  /** An HTML file, or a URL; `{url}` in it is filled in, else `?url=` is appended. */
  readonly page: string;
  readonly target?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export function browserDriver({ page, target = page, environment = process.env }: BrowserOptions): ClientDriver {
  let browser: Promise<Browser> | undefined;
  let server: Promise<PageServer | undefined> | undefined;
  return {
    name: 'browser',
    reports: true,
    starts: true,
    target,
    async start(url, scenario, onReport, clock) {
      server ??= isUrl(page) ? Promise.resolve(undefined) : servePage(page);
      const pageUrl = (await server)?.url ?? page;
      browser ??= launchChromium(environment);
      const opened = await openPage(await browser, { url, scenario }, (value) => onReport({ atMs: clock(), value }));
      return sessionOf(opened, addressOf(pageUrl, url));
    },
    async close() {
      const [started, serving] = await Promise.allSettled([browser, server]);
      if (started.status === 'fulfilled') {
        await started.value?.close();
      }
      if (serving.status === 'fulfilled') {
        await serving.value?.close();
      }
    },
  };
}

function isUrl(page: string): boolean {
  return /^https?:\/\//i.test(page);
}

/** Where the page is, with the URL of the stream in it. */
export function addressOf(page: string, streamUrl: string): string {
  if (page.includes(PLACEHOLDER)) {
    return page.replaceAll(PLACEHOLDER, encodeURIComponent(streamUrl));
  }
  const address = new URL(page);
  address.searchParams.set('url', streamUrl);
  return address.href;
}

interface Opened {
  readonly page: Page;
  /** The page says that its client has ended. */
  readonly done: Promise<void>;
  /** The end of the console's text. */
  readonly console: () => string;
}

/** A context of its own: no cache, no storage and no connections are shared between scenarios. */
async function openPage(
  browser: Browser,
  given: { readonly url: string; readonly scenario: string },
  onLine: (value: unknown) => void,
): Promise<Opened> {
  const context = await browser.newContext();
  await context.exposeBinding('conformanceReport', (_source, line: unknown) => onLine(parsed(line)));
  const done = new Promise<void>((resolve) => {
    // Refused only where the context is closed already.
    void context.exposeBinding('conformanceDone', () => resolve()).catch(() => undefined);
  });
  await context.addInitScript({ content: introductionOf(given) });
  const page = await context.newPage();
  let text = '';
  const note = (line: string): void => {
    text = `${text}${line}\n`.slice(-STDERR_BYTES);
  };
  page.on('console', (message) => note(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  return { page, done, console: () => text };
}

function sessionOf({ page, done, console }: Opened, address: string): ClientSession {
  const ended = new Promise<ClientEnd>((resolve) => {
    const end = (): void => resolve({ exitCode: null, stderr: console() });
    page.once('close', end);
    page.once('crash', end);
    void done.then(end);
  });
  // The scenario is over when nothing moves any more, not when the page has loaded.
  void page.goto(address, { timeout: LOAD_MS, waitUntil: 'commit' }).catch(() => page.close().catch(() => undefined));
  return {
    ended,
    async stop() {
      await page.context().close();
      await ended;
    },
    async turn() {
      await ask(page, '0');
    },
    watchLag: () => async () => {
      const answer = await ask(page, LAG);
      if (answer === 'stuck') {
        return ANSWER_MS;
      }
      const lagMs = typeof answer === 'object' ? answer.value : 0;
      return typeof lagMs === 'number' && Number.isFinite(lagMs) ? lagMs : 0;
    },
    cue: async (cue: Cue) => typeof (await ask(page, ACTS[cue])) === 'object',
  };
}

/** Evaluates in the page, whose script may never give the turn back: a question to it has no end of its own. */
async function ask(page: Page, script: string): Promise<{ readonly value: unknown } | 'refused' | 'stuck'> {
  const over = new AbortController();
  const answer = page.evaluate(script).then(
    (value: unknown) => ({ value }),
    () => 'refused' as const,
  );
  const stuck = sleep(ANSWER_MS, 'stuck' as const, { signal: over.signal }).catch(() => 'stuck' as const);
  return Promise.race([answer, stuck]).finally(() => over.abort());
}

/** Scripts are text, so that no compiler adds to what runs in the page. */
function introductionOf(given: { readonly url: string; readonly scenario: string }): string {
  return `globalThis.conformance = {
    ...${JSON.stringify(given)},
    report: (line) => void globalThis.conformanceReport(line),
    done: () => void globalThis.conformanceDone(),
  };
  {
    // Before any script of the page may replace them.
    const { performance, setInterval } = globalThis;
    let last = performance.now();
    let worst = 0;
    const late = () => performance.now() - last - ${TICK_MS};
    globalThis.${LAG_NAME} = () => Math.max(worst, late());
    setInterval(() => {
      worst = Math.max(worst, late());
      last = performance.now();
    }, ${TICK_MS});
  }`;
}

/** What a browser tells a page that is hidden, or shown and online again. */
const ACTS: Readonly<Record<Cue, string>> = {
  hide: turned('hidden', true),
  wake: `${turned('visible', false)}
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    window.dispatchEvent(new Event('online'));`,
};

function turned(state: string, hidden: boolean): string {
  return `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    document.dispatchEvent(new Event('visibilitychange'));`;
}

/** A line may be an object, or its JSON. */
function parsed(line: unknown): ReportLine['value'] {
  if (typeof line !== 'string') {
    return line;
  }
  if (line.length > LINE_BYTES) {
    return undefined;
  }
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
