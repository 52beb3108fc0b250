/** The StreamingSearch page as the demonstration server serves it: three built files, under a strict policy. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { packageFile } from '../../schemas/1.0/package-root.js';

/** Nothing from elsewhere, nothing inline, no frames around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/favicon.svg': ['favicon.svg', 'image/svg+xml'],
};

/** Answers a request for a file of the page. False where the path is none, or the method is neither GET nor HEAD. */
export function answerPage(request: IncomingMessage, response: ServerResponse): boolean {
  const [path = ''] = (request.url ?? '').split('?');
  const found = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (found === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
    return false;
  }
  const [file, type] = found;
  readFile(packageFile('dist', 'reference', 'demo', 'page', file)).then(
    (body) => {
      response.writeHead(200, {
        'Content-Type': type,
        'Content-Length': body.length,
        'Cache-Control': 'no-cache',
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    },
    () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('The page is not built: run "npm run build".\n');
    },
  );
  return true;
}
