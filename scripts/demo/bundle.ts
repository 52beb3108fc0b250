/** Bundles the pages of the reference: StreamingSearch, and the one that reports to the kit. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageFile } from '../../schemas/1.0/package-root.js';

const page = packageFile('reference', 'demo', 'page');
const adapterPage = packageFile('reference', 'client', 'adapter-page');

/** StreamingSearch: resolves when its files are in the folder. Throws what esbuild has to say. */
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

/** The page that reports to the kit, over each transport. */
export async function bundleAdapterPage(folder: string): Promise<void> {
  await build({
    entryPoints: [join(adapterPage, 'adapter-page.ts')],
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: ['es2022'],
    logLevel: 'warning',
  });
  await Promise.all(
    ['fetch.html', 'eventsource.html'].map((file) => copyFile(join(adapterPage, file), join(folder, file))),
  );
}
