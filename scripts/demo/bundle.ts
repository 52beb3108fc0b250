/** Bundles the StreamingSearch page into a folder: its script, its style sheet, and what it is made of besides. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageFile } from '../../schemas/1.0/package-root.js';

const page = packageFile('reference', 'demo', 'page');

/** Resolves when the files are there. Throws what esbuild has to say. */
export async function bundlePage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    build({
      entryPoints: { page: join(page, 'main.tsx') },
      outdir: folder,
      bundle: true,
      minify: true,
      format: 'esm',
      jsx: 'automatic',
      target: ['es2022'],
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'warning',
    }),
    build({ entryPoints: [join(page, 'page.css')], outdir: folder, bundle: true, minify: true, logLevel: 'warning' }),
    ...['index.html', 'favicon.svg'].map((file) => copyFile(join(page, file), join(folder, file))),
  ]);
}
