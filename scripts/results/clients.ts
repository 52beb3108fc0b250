/**
 * `npm run results:clients`: grades the clients of `docs/results/clients/` and writes a report of each and the page that
 * compares them. Arguments: names of set-ups to grade again, default all. `--dist FOLDER` for another build,
 * `--page` makes the page alone,
 * `--attempts 3` are made where the machine was too busy, `--concurrency 4` clients run at the same time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { type ClientSetup, prepare, versionOf } from './client-setups.js';
import { type GradedClient, renderClientPage } from './clients-page.js';

const here = packageFile('docs', 'results', 'clients');
const { values, positionals } = parseArgs({
  options: {
    dist: { type: 'string', default: packageFile('dist') },
    concurrency: { type: 'string', default: '4' },
    attempts: { type: 'string', default: '3' },
    page: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

function read<T>(name: string): T {
  const value: T = JSON.parse(readFileSync(join(here, name), 'utf8'));
  return value;
}

/** Keeps the report and is true, unless the machine was too busy for some of it. */
async function grade(setup: ClientSetup): Promise<boolean> {
  const { name } = setup;
  const { args, cwd, temporary } = await prepare(setup, here, values.dist);
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  try {
    const file = join(folder, 'report.json');
    const program = join(values.dist, 'conformance', 'cli', 'main.js');
    const all = [program, 'run', ...args, '--concurrency', values.concurrency, '--report', `json=${file}`];
    const child = spawn(process.execPath, all, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'close');
    if (code !== 0 && code !== 1) throw new Error(`${name}: the run ended with exit code ${code}`);
    const text = readFileSync(file, 'utf8');
    const report: unknown = JSON.parse(text);
    const isSound = isOfSchema('report', report) && report.summary.inconclusive === 0;
    if (isSound) writeFileSync(join(here, `${name}.json`), text);
    console.log(isSound ? `${name}: graded` : `${name}: not kept, this machine was too busy for ${openIn(report)}`);
    return isSound;
  } finally {
    rmSync(folder, { recursive: true });
    if (temporary !== undefined) rmSync(temporary, { recursive: true });
  }
}

function openIn(report: unknown): string {
  if (!isOfSchema('report', report)) return 'a whole report';
  return report.requirements
    .filter(({ verdict }) => verdict === 'inconclusive')
    .map(({ id, reason = '' }) => `${id} (${reason})`)
    .join(', ');
}

const setups = read<readonly ClientSetup[]>('setups.json');
for (const setup of values.page ? [] : setups) {
  if (positionals.length > 0 && !positionals.includes(setup.name)) continue;
  let isGraded = false;
  for (let left = Number(values.attempts); left > 0 && !isGraded; left -= 1) isGraded = await grade(setup);
  if (!isGraded) process.exitCode = 1;
}
const graded = setups.flatMap((setup): GradedClient[] => {
  const file = `${setup.name}.json`;
  const report = existsSync(join(here, file)) ? read<unknown>(file) : undefined;
  return isOfSchema('report', report) ? [{ name: setup.name, client: versionOf(setup, here), report }] : [];
});
const { page, unexplained } = renderClientPage(graded, read('explained.json'));
writeFileSync(join(here, 'README.md'), page);
for (const id of unexplained) {
  console.error(`${id} fails, and explained.json does not say why that is right`);
  process.exitCode = 1;
}
