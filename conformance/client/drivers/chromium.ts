/** Finds and starts Chromium through playwright-core, which is loaded only where a page is to be graded. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { KitError } from '../../kit-error.js';

/** Where it usually lies; `CHROMIUM_PATH` comes first, playwright's own download last. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
] as const;

/** Nothing that phones home, throttles what is not seen, or needs a sandbox that containers lack. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-component-update',
  '--disable-sync',
];

const START_MS = 30_000;

/** Headless, with a profile of its own. Throws `KitError` (`usage`) where something has to be installed. */
export async function launchChromium(environment: Readonly<Record<string, string | undefined>>): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  const executablePath = chromiumPath(environment);
  try {
    return await chromium.launch({
      headless: true,
      timeout: START_MS,
      args: ARGUMENTS,
      ...(executablePath === undefined ? {} : { executablePath }),
      // Ctrl-C is for the kit, which closes the browser in order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    const [line = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
    const advice = 'install Chromium, or name it in CHROMIUM_PATH';
    throw new KitError('usage', `--browser: cannot start Chromium (${line.slice(0, 200)}): ${advice}`, { cause });
  }
}

/** Undefined where only playwright itself may know one. Throws `KitError` (`usage`) for a `CHROMIUM_PATH` without a file. */
export function chromiumPath(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { CHROMIUM_PATH: named } = environment;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) {
      throw new KitError('usage', `--browser: expected Chromium in CHROMIUM_PATH, found no file ${named}`);
    }
    return named;
  }
  return USUAL_PATHS.find((path) => existsSync(path));
}

async function loadPlaywright(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core');
  } catch (cause) {
    throw new KitError('usage', '--browser needs the package playwright-core: npm install playwright-core', { cause });
  }
}
