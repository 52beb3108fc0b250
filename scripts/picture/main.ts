/** `npm run picture`: runs the README's command as it stands there and draws what it printed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { drawSvg } from './ansi-svg.js';

const args = ['run', '--target', 'reference', '--fast'];
const { NO_COLOR: _, ...environment } = process.env;

const { stdout, status } = spawnSync(
  process.execPath,
  [packageFile('dist', 'conformance', 'cli', 'main.js'), ...args],
  {
    encoding: 'utf8',
    env: { ...environment, FORCE_COLOR: '1', COLUMNS: '96', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
if (status !== 0) throw new Error(`expected the run to exit with 0, got ${status}: nothing was drawn`);

const file = packageFile('docs', 'images', 'run.svg');
mkdirSync(packageFile('docs', 'images'), { recursive: true });
writeFileSync(
  file,
  drawSvg(`$ npx conformance ${args.join(' ')}\n${stdout}`, 'A run of the kit, as text in a terminal'),
);
console.log(`wrote ${file}`);
