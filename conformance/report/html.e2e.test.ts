import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs, programPath } from '../../scripts/testing/needs.js';
import { renderHtml } from './html.js';
import { contextWithEvidence, hostileReport } from './testing/hostile.js';

const need = needs('chromium');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

describe.skipIf(!need.met)(`the HTML report in Chromium${need.met ? '' : ` (${need.skip})`}`, () => {
  let browser: Browser;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderHtml(hostileReport, contextWithEvidence));
    url = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath: programPath('chromium'), args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** A page that writes down what it complains of, and every request but the one for itself. */
  async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => request.url() === url || complaints.push(request.url()));
    await page.goto(url);
    return { page, complaints };
  }

  it('is styled, asks for nothing and complains of nothing', async () => {
    const { page, complaints } = await open();
    expect(await page.locator('.levels').evaluate((list) => getComputedStyle(list).display)).toBe('grid');
    expect(complaints).toEqual([]);
    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'var ran' }))");
    expect(complaints.join()).toContain('Content Security Policy');
    await page.close();
  });

  it('filters by verdict, level and area, together', async () => {
    const { page } = await open();
    const shown = () => page.locator('.row:visible').count();
    const { requirements, summary } = hostileReport;
    expect(await shown()).toBe(requirements.length);
    await page.getByLabel('not observed 2').check();
    expect(await shown()).toBe(summary['not-observed']);
    await page.getByRole('group', { name: 'Verdict' }).getByLabel('all').check();
    await page.getByLabel('HTTP', { exact: true }).check();
    expect(await shown()).toBe(requirements.filter(({ id }) => id.startsWith('HTTP-')).length);
    await page.getByLabel('Live', { exact: true }).check();
    expect(await shown()).toBe(
      requirements.filter(({ id, level }) => id.startsWith('HTTP-') && level === 'Live').length,
    );
    await page.close();
  });

  it.each([
    ['light', 1200],
    ['dark', 1200],
    ['light', 320],
    ['dark', 320],
  ] as const)('fits and can be read by everybody: %s, %i pixels', async (colorScheme, width) => {
    const { page } = await open({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    const violations = await page.evaluate('axe.run().then((result) => result.violations.map(({ id }) => id))');
    expect(violations).toEqual([]);
    await page.close();
  });

  it('draws pictures that can be scrolled where they do not fit', async () => {
    const { page, complaints } = await open({ viewport: { width: 390, height: 800 } });
    const frame = page.locator('#HEARTBEAT-001 .timeline div');
    const picture = await frame.locator('svg').boundingBox();
    expect(picture?.width).toBeGreaterThan(600);
    expect(picture?.height).toBeGreaterThan(100);
    expect(await frame.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
    const mark = page.locator('#HEARTBEAT-001 .place').first();
    expect(await mark.evaluate((element) => getComputedStyle(element).fill)).not.toBe('rgb(0, 0, 0)');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('prints without filters, and with what was folded', async () => {
    const { page } = await open();
    const sentence = page.locator('#HTTP-001 blockquote');
    expect(await sentence.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.filters').isVisible()).toBe(false);
    expect(await sentence.isVisible()).toBe(true);
    await page.close();
  });
});
