/** Headless Chromium for tests: one browser, with a profile of its own that is thrown away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { programPath } from '../../../scripts/testing/needs.js';

/** It must speak with nobody but the test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  readonly context: BrowserContext;
  /** Closes what tests have opened; the browser stays. */
  readonly closePages: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function launchBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'resilient-sse-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: programPath('chromium'),
    headless: true,
    args: FLAGS,
  });
  return {
    context,
    closePages: async () => {
      const [, ...opened] = context.pages();
      await Promise.all(opened.map((page) => page.close()));
    },
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
