/** Serves a page and the stream that feeds it, on loopback. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { KitError } from '../kit-error.js';
import { DashboardStream } from './dashboard-stream.js';

export interface DashboardPage {
  readonly html: string;
  /** What the page may run and wear: its policy allows these and nothing else. */
  readonly script: string;
  readonly style: string;
}

export interface Dashboard {
  readonly url: string;
  readonly stream: DashboardStream;
  /** Ends the stream as well; resolves when all connections are closed. */
  close(reason: 'done' | 'cancelled'): Promise<void>;
}

const HOST = '127.0.0.1';
/** What is still open so long after the end is a page that does not read. */
const LINGER_MS = 1000;

/** Throws `KitError` (`usage`) where the port is taken. */
export async function serveDashboard(page: DashboardPage, port: number): Promise<Dashboard> {
  const stream = new DashboardStream();
  const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': `default-src 'none'; script-src ${digest(page.script)}; style-src ${digest(page.style)}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/events') stream.answer(request, response);
    else if (path === '/' && request.method === 'GET') response.writeHead(200, headers).end(page.html);
    else response.writeHead(404).end();
  });
  await listen(server, port);
  const address = server.address();
  const own = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://${HOST}:${own}/`,
    stream,
    async close(reason) {
      stream.end(reason);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const insist = setTimeout(() => server.closeAllConnections(), LINGER_MS);
      await closed;
      clearTimeout(insist);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, HOST);
  try {
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new KitError('usage', `--serve-dashboard: cannot listen on port ${port} (${code}); take 0 for a free one`, {
      cause,
    });
  }
}
