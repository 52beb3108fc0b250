/** The StreamingSearch page in Chromium, served by the reference server. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../scripts/testing/needs.js';
import { type Browser, launchBrowser } from '../client/testing/browser.js';
import { ReferenceServer } from '../client/testing/reference-server.js';

const chromium = needs('chromium');
const BRISK = ['--heartbeat', '0.3', '--silence', '1', '--cap', '5', '--chunk-delay', '10', '--log-level', 'silent'];
/** A machine under load takes its time. */
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });
const WHOLE = /^A stream that can be trusted .* for a whole one\.$/;

describe.skipIf(!chromium.met)('the page', () => {
  let browser: Browser;
  let server: ReferenceServer;
  let tab: Page;
  let complaints: string[];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), ReferenceServer.start(...BRISK)]);
  });
  afterAll(() => Promise.all([browser.close(), server.stop()]));
  afterEach(() => browser.closePages());

  const origin = () => new URL(server.url).origin;

  async function open(): Promise<void> {
    complaints = [];
    tab = await browser.context.newPage();
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(error.message));
    await tab.goto(`${origin()}/`);
  }

  async function ask(question: string): Promise<void> {
    await tab.getByRole('searchbox').fill(question);
    await tab.keyboard.press('Enter');
  }

  const indicator = () => tab.locator('.indicator strong').textContent();
  const message = () => tab.locator('.message').textContent();
  const answer = () => tab.locator('.text p').textContent();
  const press = (name: string) => tab.getByRole('button', { name }).click();
  const someText = () => tab.waitForFunction(() => (document.querySelector('.text p')?.textContent?.length ?? 0) > 80);

  it('comes from the server under a strict policy', async () => {
    const response = await fetch(`${origin()}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect((await fetch(`${origin()}/nothing`)).status).toBe(404);
  });

  it('streams an answer that is asked for by keyboard', async () => {
    await open();
    expect(await indicator()).toBe('Disconnected');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('How do tides work?');
    await tab.keyboard.press('Enter');
    await eventually(indicator).toBe('Connected');
    await eventually(message).toContain('Response complete');
    expect(await answer()).toMatch(WHOLE);
    expect(await tab.locator('.answer footer').textContent()).toContain('On streams that can be trusted');
    expect(await tab.locator('.trace code').textContent()).toMatch(/^[0-9a-f]{32}$/);
    expect(complaints).toEqual([]);
  });

  it('does not have the answer read out word by word', async () => {
    await open();
    await ask('tides');
    await someText();
    expect(await tab.locator('.answer').getAttribute('aria-busy')).toBe('true');
    expect(await tab.locator('[aria-live=polite], [role=status]').allTextContents()).toEqual(['Connected. ']);
    expect(await tab.locator('.text').getAttribute('aria-live')).toBe('off');
  });

  it('goes on after the network was gone, without a word lost or doubled', async () => {
    await open();
    await ask('tides');
    await someText();
    await press('Offline');
    await eventually(indicator).toBe('Reconnecting');
    expect(await tab.locator('.facts').textContent()).toMatch(/Retries1 of 5/);
    await press('Offline');
    await eventually(message).toContain('Response complete');
    expect(await answer()).toMatch(WHOLE);
    expect(await tab.locator('.facts').textContent()).toMatch(/Retries0 of 5/);
  });

  it('shows a stall as waiting, and recovers from it', async () => {
    await open();
    await ask('tides');
    await someText();
    await press('Stall');
    await eventually(message).toContain('Waiting for server response...');
    await eventually(message).toContain('Connection lost - attempting to reconnect...');
    await eventually(message).toContain('Response complete');
    expect(await answer()).toMatch(WHOLE);
  });

  it('goes on after a cut, and writes down what happened', async () => {
    await open();
    await ask('tides');
    await someText();
    await press('Cut');
    await eventually(message).toContain('Response complete');
    await tab.locator('summary').click();
    const log = await tab.locator('.debug').textContent();
    expect(log).toMatch(/cut: 1 connection/);
    expect(log).toMatch(/GET \/stream\/search from id \d+: 200/);
    expect(await answer()).toMatch(WHOLE);
  });

  it('marks an answer that met the cap as truncated', async () => {
    await open();
    await press('Time cap');
    await eventually(() => tab.locator('.truncated').count()).toBe(1);
    expect(await tab.locator('.truncated').textContent()).toBe(
      'Truncated. Response incomplete: the time limit was reached.',
    );
  });

  it('shows an error of the server, and tries again', async () => {
    await open();
    await press('Server error');
    await eventually(() => tab.getByRole('alert').count()).toBe(1);
    expect(await tab.getByRole('alert').textContent()).toContain('model_overloaded');
    await press('Try again');
    await eventually(indicator).toBe('Connected');
  });

  it('stops when it is told to', async () => {
    await open();
    await ask('tides');
    await someText();
    await press('Stop');
    await eventually(indicator).toBe('Disconnected');
    expect(await tab.locator('.notice').textContent()).toBe('You stopped this answer.');
  });

  it('copies the trace id', async () => {
    await open();
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: origin() });
    await ask('tides');
    await press('Copy the trace id');
    await eventually(() => tab.locator('.copy').textContent()).toBe('Copied');
    const copied = await tab.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await tab.locator('.trace code').textContent());
  });

  it.each([320, 390, 1280])('fits into %i pixels', async (width) => {
    await open();
    await tab.setViewportSize({ width, height: 800 });
    await ask(`${'long'.repeat(60)} question`);
    await someText();
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
