/** `npm run build`: compiles to `dist/`, drops what no longer has a source, bundles the pages, and makes the program executable. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile, packageRoot } from '../schemas/1.0/package-root.js';
import { bundleAdapterPage, bundlePage } from './demo/bundle.js';

const dist = packageFile('dist');
const program = join(dist, 'conformance', 'cli', 'main.js');

const compiler = packageFile('node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: packageRoot(),
  stdio: 'inherit',
});
for (const file of orphans()) rmSync(join(dist, file));
await bundlePage(join(dist, 'reference', 'demo', 'page'));
await bundleAdapterPage(join(dist, 'reference', 'client', 'adapter-page'));
if (existsSync(program)) chmodSync(program, 0o755);
process.exitCode = status ?? 1;

/** Compiled files whose source was deleted or renamed: the compiler leaves them, and the package would carry them. */
function orphans(): string[] {
  if (!existsSync(dist)) return [];
  return readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => {
    const source = /^(?<stem>.*?)(?:\.d\.ts|\.js)$/.exec(file)?.groups?.stem;
    return (
      source !== undefined && !existsSync(packageFile(`${source}.ts`)) && !existsSync(packageFile(`${source}.tsx`))
    );
  });
}
