/** Serves the folder of a page to the browser: modules and requests to other origins need more than a file URL. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { KitError } from '../../kit-error.js';

export interface PageServer {
  /** Of the page itself. */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Listens on a free port of 127.0.0.1. Throws `KitError` (`usage`) where there is no such file. */
export async function servePage(file: string): Promise<PageServer> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new KitError('usage', `--browser: expected a URL or an HTML file, found no file "${file.slice(0, 200)}"`);
  }
  const page = resolve(file);
  const root = dirname(page);
  const server = createServer((request, response) => {
    const found = fileIn(root, request.url ?? '/');
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream',
      'Cache-Control': 'no-store',
    });
    createReadStream(found)
      .on('error', () => response.destroy())
      .pipe(response);
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/${encodeURIComponent(basename(page))}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A file below the folder; undefined for anything else, links out of it apart. */
function fileIn(root: string, target: string): string | undefined {
  const path = decoded(target.split(/[?#]/, 1)[0] ?? '/');
  if (path === undefined || path.includes('\0')) {
    return undefined;
  }
  const file = join(root, path);
  const isInside = file.startsWith(root.endsWith(sep) ? root : root + sep);
  return isInside && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
