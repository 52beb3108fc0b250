/** `npm run docs:pictures`: takes the pictures of the built site that stand in docs/images. Needs Chromium. */
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { programPath } from '../../scripts/testing/needs.js';
import { serveSite } from './serve.js';

const PICTURES = [
  { name: 'site-requirement', path: 'spec/1.0/65-replay.html#replay-003', width: 1360, scheme: 'light' },
  { name: 'site-states-dark', path: 'spec/1.0/78-states.html', width: 1360, scheme: 'dark' },
  { name: 'site-phone', path: 'spec/1.0/65-replay.html', width: 390, scheme: 'light' },
] as const;

const server = await serveSite(0);
const address = server.address();
const port = typeof address === 'object' ? address?.port : 0;
const browser = await chromium.launch({
  executablePath: programPath('chromium'),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
mkdirSync(packageFile('docs', 'images'), { recursive: true });
for (const { name, path, width, scheme } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme: scheme });
  await page.goto(`http://127.0.0.1:${port}/${path}`);
  await page.screenshot({ path: packageFile('docs', 'images', `${name}.png`) });
  await page.close();
}
await browser.close();
server.close();
