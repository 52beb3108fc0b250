/** `npm run demo:pictures`: pictures of the StreamingSearch page in each of its states, for the documentation. */
import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { type Browser, launchBrowser } from '../../reference/client/testing/browser.js';
import { ReferenceServer } from '../../reference/client/testing/reference-server.js';
import { packageFile } from '../../schemas/1.0/package-root.js';

const folder = packageFile('docs', 'images');
const QUESTION = 'What happens in a tunnel?';

interface Shot {
  readonly name: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Brings the page into the state that is to be shown. */
  readonly pose: (page: Page) => Promise<void>;
}

const ask = async (page: Page) => {
  await page.getByRole('searchbox').fill(QUESTION);
  await page.keyboard.press('Enter');
};
const askAndRead = async (page: Page) => {
  await ask(page);
  await page.waitForFunction(() => (document.querySelector('.text p')?.textContent?.length ?? 0) > 250);
};
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();
const says = (page: Page, text: string) => page.locator('.message', { hasText: text }).waitFor();

const shots: readonly Shot[] = [
  { name: 'disconnected', pose: async () => undefined },
  {
    name: 'connecting',
    pose: async (page) => {
      // The request stays unanswered.
      await page.route('**/stream/search**', () => undefined);
      await ask(page);
      await page.locator('.dot.connecting').waitFor();
    },
  },
  { name: 'connected', pose: askAndRead },
  {
    name: 'reconnecting',
    pose: async (page) => {
      await askAndRead(page);
      await press(page, 'Offline');
      await says(page, 'Connection lost');
    },
  },
  {
    name: 'waiting',
    pose: async (page) => {
      await askAndRead(page);
      await press(page, 'Stall');
      await says(page, 'Waiting for server response...');
    },
  },
  {
    name: 'failed',
    pose: async (page) => {
      await press(page, 'Server error');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'truncated',
    pose: async (page) => {
      await press(page, 'Time cap');
      await page.locator('.truncated').waitFor();
    },
  },
  {
    name: 'log-dark',
    dark: true,
    pose: async (page) => {
      await askAndRead(page);
      await press(page, 'Cut');
      await says(page, 'Response complete');
      await page.locator('summary').click();
    },
  },
  { name: 'phone', width: 390, height: 844, pose: askAndRead },
  { name: 'phone-dark', width: 390, height: 844, dark: true, pose: askAndRead },
];

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
  const page = await browser.context.newPage();
  await page.setViewportSize({ width: shot.width ?? 1120, height: shot.height ?? 680 });
  await page.emulateMedia({ colorScheme: shot.dark === true ? 'dark' : 'light', reducedMotion: 'reduce' });
  await page.goto(origin);
  await shot.pose(page);
  await page.screenshot({ path: `${folder}/demo-${shot.name}.png`, fullPage: true });
  await page.close();
}

await mkdir(folder, { recursive: true });
const [browser, server] = await Promise.all([
  launchBrowser(),
  ReferenceServer.start(
    '--heartbeat',
    '1',
    '--silence',
    '5',
    '--cap',
    '4',
    '--chunk-delay',
    '15',
    '--log-level',
    'silent',
  ),
]);
try {
  for (const shot of shots) {
    await take(browser, new URL(server.url).origin, shot);
    console.log(`docs/images/demo-${shot.name}.png`);
  }
} finally {
  await Promise.all([browser.close(), server.stop()]);
}
