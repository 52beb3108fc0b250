/** The live page of a load run in Chromium, fed by the kit's own stream, and that stream on the wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFile } from '../../scripts/testing/built.js';
import { needs, programPath } from '../../scripts/testing/needs.js';
import { renderDashboard } from '../report/load-dashboard.js';
import { renderLoadHtml } from '../report/load-html.js';
import { loadReport } from '../report/testing/load-report.js';
import { readAll } from '../wire/reader.js';

const need = needs('chromium');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const WAIT = { timeout: 60_000 };
/** Far longer than the test: it ends the run itself. */
const RUN = ['--target', 'reference', '--fast', '--streams', '20', '--ramp', '1s', '--duration', '10m'];

describe.skipIf(!need.met)(`the live page of a load run${need.met ? '' : ` (${need.skip})`}`, () => {
  let browser: Browser;
  let kit: ChildProcess;
  let url = '';

  beforeAll(async () => {
    const program = builtFile('conformance/cli/main.js');
    kit = spawn(process.execPath, [program, 'load', ...RUN, '--cut-rate', '50%', '--serve-dashboard', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (kit.stderr === null) throw new Error('expected a pipe');
    const lines = createInterface({ input: kit.stderr });
    url = await new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const [, found] = /^Live charts: (\S+)$/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    browser = await chromium.launch({ executablePath: programPath('chromium'), args: FLAGS });
  });

  afterAll(async () => {
    await browser.close();
    kit.kill('SIGKILL');
  });

  const points = (page: Page) =>
    page.locator('#chart-open polyline').evaluate((line) => (line.getAttribute('points') ?? '').split(' ').length);

  it('shows the run, comes back with all of it, fits, and says when it is over', async () => {
    const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 390, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    // The page's own policy forbids evaluation, and with it every waiting inside of the page.
    await expect
      .poll(async () => Number(await page.locator('#tile-completed b').textContent()), WAIT)
      .toBeGreaterThan(5);
    expect(await page.locator('#state').textContent()).toBe('live');
    expect(await page.locator('#tile-lost b').textContent()).toBe('0');
    const before = await points(page);
    expect(before).toBeGreaterThan(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

    // A page that comes late has everything from the start.
    await page.reload();
    await expect.poll(() => points(page), WAIT).toBeGreaterThanOrEqual(before);
    expect(complaints).toEqual([]);

    const late = await fetch(`${url}events?last_event_id=07`);
    expect([late.status, late.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    const whole = fetch(`${url}events`).then(async (answer) => new Uint8Array(await answer.arrayBuffer()));
    kit.kill('SIGINT');
    await expect.poll(() => page.locator('#state').textContent(), WAIT).toBe('interrupted');
    const { events, tail } = readAll([[await whole, 0]]);
    const numbered = events.filter(({ type }) => type !== 'heartbeat');
    expect(events[0]?.type).toBe('heartbeat');
    expect(numbered.map(({ id }) => Number(id))).toEqual(numbered.map((_, nth) => nth + 1));
    expect(numbered.at(-1)).toMatchObject({ type: 'complete' });
    expect(tail).toBeNull();
    await page.close();
  });

  const context = { columns: 80, colour: false, unicode: true, verbose: false };

  it.each([
    ['the live page', renderDashboard('http://127.0.0.1/stream', '20 streams')],
    ['the report', renderLoadHtml(loadReport, context)],
  ])('%s fits a phone and can be read by everybody', async (_, html) => {
    const page = await browser.newPage({ bypassCSP: true, viewport: { width: 320, height: 800 } });
    await page.setContent(html);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    expect(await page.evaluate('axe.run().then((result) => result.violations.map(({ id }) => id))')).toEqual([]);
    await page.close();
  });
});
