/**
 * `npm run results:clients`: grades the clients of `docs/results/clients/` and writes a report of each and the page that
 * compares them. Arguments: names of set-ups to grade again, default all. `--dist FOLDER` for another build,
 * `--page` makes the page alone,
 * `--attempts 4` are made where the machine was too busy, `--concurrency 4` clients run at the same time.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { type ClientSetup, prepare, versionOf } from './client-setups.js';
import { type GradedClient, renderClientPage } from './clients-page.js';
import { gradeSetup, openIn } from './grade-setup.js';

const here = packageFile('docs', 'results', 'clients');
const { values, positionals } = parseArgs({
  options: {
    dist: { type: 'string', default: packageFile('dist') },
    concurrency: { type: 'string', default: '4' },
    attempts: { type: 'string', default: '4' },
    page: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

function read<T>(name: string): T {
  const value: T = JSON.parse(readFileSync(join(here, name), 'utf8'));
  return value;
}

/** Keeps the report, unless the machine was too busy for some of it. */
async function grade(setup: ClientSetup): Promise<void> {
  const ready = await prepare(setup, here, values.dist);
  try {
    const { dist, concurrency } = values;
    const report = await gradeSetup(ready, { dist, concurrency, attempts: Number(values.attempts) });
    const open = openIn(report);
    if (open.length === 0) {
      writeFileSync(join(here, `${setup.name}.json`), `${JSON.stringify(report, null, 2)}\n`);
      console.log(`${setup.name}: graded`);
    } else {
      console.log(`${setup.name}: not kept, this machine was too busy for ${open.join(', ')}`);
      process.exitCode = 1;
    }
  } finally {
    if (ready.temporary !== undefined) rmSync(ready.temporary, { recursive: true });
  }
}

const setups = read<readonly ClientSetup[]>('setups.json');
for (const setup of values.page ? [] : setups) {
  if (positionals.length === 0 || positionals.includes(setup.name)) await grade(setup);
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
