import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const LIMIT_BYTES = 8 * 1024;

it('is smaller than 8 KiB, minified and gzipped, without its one dependency', async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['eventsource-parser'],
    write: false,
  });
  const sizes = outputFiles.map(({ contents }) => gzipSync(contents).length);
  expect(sizes).toHaveLength(1);
  expect(sizes[0]).toBeLessThan(LIMIT_BYTES);
});
