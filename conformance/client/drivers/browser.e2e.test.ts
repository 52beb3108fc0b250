import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, browserDriver } from './browser.js';
import { chromiumPath } from './chromium.js';
import type { ClientDriver, ReportLine } from './driver.js';
import { type PageServer, servePage } from './page-server.js';

let folder: string;
let driver: ClientDriver;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  writeFileSync(
    join(folder, 'page.html'),
    `<!doctype html><script type="module">
      import { tell } from './tell.js';
      tell({ type: 'diagnostic', message: new URL(location.href).searchParams.get('url') });
      tell(JSON.stringify({ type: 'diagnostic', message: conformance.url }));
      console.log('hello from the page');
      document.addEventListener('visibilitychange', () => tell({ type: 'state', state: document.visibilityState }));
      addEventListener('online', () => conformance.done());
      const source = new EventSource(conformance.url);
      source.addEventListener('content_chunk', ({ data }) => tell({ type: 'event', event: 'content_chunk', data }));
    </script>`,
  );
  writeFileSync(join(folder, 'tell.js'), 'export const tell = (line) => conformance.report(line);');
  driver = browserDriver({ page: join(folder, 'page.html') });
});
afterAll(async () => {
  await driver.close();
  rmSync(folder, { recursive: true });
});

test('a page reads the stream, reports, is hidden and woken, and ends', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Access-Control-Allow-Origin': '*' });
    response.write('event: content_chunk\ndata: {}\n\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/stream?a=1&b=2`;
  const lines: ReportLine[] = [];
  const session = await driver.start(
    url,
    'whole',
    (line) => lines.push(line),
    () => 7,
  );
  const reports = () => lines.map(({ value }) => value);
  await expect.poll(() => reports().length, { timeout: 20_000 }).toBe(3);
  expect(reports()).toEqual([
    { type: 'diagnostic', message: url },
    { type: 'diagnostic', message: url },
    { type: 'event', event: 'content_chunk', data: '{}' },
  ]);
  expect(await session.cue?.('hide')).toBe(true);
  expect(await session.cue?.('wake')).toBe(true);
  await expect.poll(reports).toContainEqual({ type: 'state', state: 'visible' });
  expect(reports()).toContainEqual({ type: 'state', state: 'hidden' });
  expect((await session.ended).stderr).toContain('log: hello from the page');
  await session.stop();
  expect(await session.cue?.('hide')).toBe(false);
  server.closeAllConnections();
  server.close();
});

test('a page that never gives the turn back is waited for no longer than a bound', async () => {
  writeFileSync(
    join(folder, 'stuck.html'),
    '<!doctype html><script>conformance.report({}); setTimeout(() => { for (;;); }, 100);</script>',
  );
  const stuck = browserDriver({ page: join(folder, 'stuck.html') });
  try {
    const lines: ReportLine[] = [];
    const session = await stuck.start(
      'http://127.0.0.1:9/',
      'whole',
      (line) => lines.push(line),
      () => 0,
    );
    await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(1);
    const lag = session.watchLag?.();
    await expect.poll(() => session.cue?.('hide'), { timeout: 20_000 }).toBe(false);
    const answers = await Promise.all([session.turn?.(), session.cue?.('hide'), lag?.()]);
    expect(answers).toEqual([undefined, false, 3_000]);
    await session.stop();
  } finally {
    await stuck.close();
  }
});

describe('a page server', () => {
  let server: PageServer;
  beforeAll(async () => {
    server = await servePage(join(folder, 'page.html'));
  });
  afterAll(() => server.close());

  test('serves the page and what lies beside it', async () => {
    const page = await fetch(server.url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const script = await fetch(new URL('tell.js', server.url));
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test.each(['/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/%00', '/%zz', '/', '/none'])(
    'serves nothing else: %s',
    async (path) => {
      expect((await fetch(new URL(path, server.url))).status).toBe(404);
    },
  );

  test('wants a file', async () => {
    await expect(servePage('/no/such/page.html')).rejects.toThrow(/expected a URL or an HTML file, found no file/);
  });
});

test.each([
  ['https://app.example/?at={url}&x=1', 'https://app.example/?at=http%3A%2F%2Fh%2F%3Fa%3D1&x=1'],
  ['https://app.example/chat', 'https://app.example/chat?url=http%3A%2F%2Fh%2F%3Fa%3D1'],
])('the URL of the stream stands in %s', (page, address) => {
  expect(addressOf(page, 'http://h/?a=1')).toBe(address);
});

test('Chromium is where CHROMIUM_PATH says', () => {
  expect(chromiumPath({ CHROMIUM_PATH: process.execPath })).toBe(process.execPath);
  expect(() => chromiumPath({ CHROMIUM_PATH: '/no/such/browser' })).toThrow(/found no file \/no\/such\/browser/);
});
