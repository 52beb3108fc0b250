import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';
import { needs, programPath } from '../../scripts/testing/needs.js';
import { serveSite } from './serve.js';

const need = needs('chromium');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const KEY_PAGES = [
  'index.html',
  'spec/1.0/65-replay.html',
  'spec/1.0/78-states.html',
  'matrix.html',
  'schemas/1.0/wire/heartbeat.html',
];

describe.skipIf(!need.met)(`the site in Chromium${need.met ? '' : ` (${need.skip})`}`, () => {
  let server: Server;
  let browser: Browser;
  let base: string;

  beforeAll(async () => {
    execFileSync(process.execPath, ['--import', 'tsx', 'docs/site/build.ts'], { cwd: packageRoot() });
    server = await serveSite(0);
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    browser = await chromium.launch({ executablePath: programPath('chromium'), args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  /** A page that writes down what it complains of, and every request that leaves the site. */
  async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'request',
      (request) => request.url().startsWith(base) || complaints.push(`left the site: ${request.url()}`),
    );
    page.on('response', (answer) => answer.status() >= 400 && complaints.push(`${answer.status()} ${answer.url()}`));
    await page.goto(base + path);
    return { page, complaints };
  }

  it('has no link or anchor that leads nowhere, on any page', async () => {
    const files = readdirSync(packageFile('docs/site/dist'), { recursive: true, encoding: 'utf8' });
    const pages = files.filter((file) => file.endsWith('.html'));
    expect(pages.length).toBeGreaterThan(40);
    const { page, complaints } = await open('index.html');
    const wanted = new Map<string, Set<string>>();
    const anchors = new Map<string, Set<string>>();
    for (const path of pages) {
      await page.goto(base + path);
      const found = await page.evaluate(() => ({
        links: Array.from(document.querySelectorAll('a[href]'), (link) =>
          link instanceof HTMLAnchorElement ? link.href : '',
        ),
        anchors: Array.from(document.querySelectorAll('[id]'), ({ id }) => id),
      }));
      anchors.set(base + path, new Set(found.anchors));
      for (const link of found.links.filter((href) => href.startsWith(base))) {
        const [target = '', fragment = ''] = link.split('#');
        wanted.set(target, (wanted.get(target) ?? new Set()).add(fragment));
      }
    }
    const broken: string[] = [];
    for (const [target, fragments] of wanted) {
      const known = anchors.get(target.endsWith('/') ? `${target}index.html` : target);
      if (known === undefined) {
        const answer = await fetch(target, { method: 'GET' });
        await answer.body?.cancel();
        if (!answer.ok) {
          broken.push(target);
        }
      } else {
        broken.push(
          ...[...fragments]
            .filter((id) => id !== '' && !known.has(decodeURIComponent(id)))
            .map((id) => `${target}#${id}`),
        );
      }
    }
    expect(broken).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  it('finds REPLAY-003 and goes there', async () => {
    const { page, complaints } = await open('index.html');
    await page.fill('#search', 'REPLAY-003');
    const first = page.locator('#found a').first();
    await first.waitFor();
    expect(await first.textContent()).toContain('REPLAY-003');
    await first.click();
    await page.waitForURL('**/65-replay.html#replay-003');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(KEY_PAGES)('has no serious accessibility violation: %s', async (path) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(path);
      await page.emulateMedia({ colorScheme });
      const violations =
        await page.evaluate(`${axe}; axe.run().then((result) => result.violations.filter(({ impact }) =>
        impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes[0].html))`);
      expect(violations).toEqual([]);
      await page.close();
    }
  });

  it('fits a phone without scrolling sideways', async () => {
    for (const path of KEY_PAGES) {
      const { page } = await open(path);
      await page.setViewportSize({ width: 360, height: 740 });
      const [content, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, path).toBeLessThanOrEqual(window_ ?? 0);
      await page.close();
    }
  });

  it('can be read without JavaScript', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${base}spec/1.0/65-replay.html`);
    expect(await page.locator('#replay-003').textContent()).toContain('The header wins');
    await page.close();
  });
});
