/**
 * `npm run results:self-test`: runs the self-test of both roles and writes what it found into `docs/results/self-test/`,
 * with the page of the site. Arguments: `server`, `client`; default both. `--dist FOLDER` for another build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SelfTestResult } from '../../conformance/run/self-test.js';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { drawMatrix } from './self-test-matrix.js';
import { type Outcome, renderSelfTestPage, type Tested } from './self-test-page.js';

const here = packageFile('docs', 'results', 'self-test');
const { values, positionals } = parseArgs({
  options: { dist: { type: 'string', default: packageFile('dist') } },
  allowPositionals: true,
});

/** Throws where the self-test could not be run; one that is not clean is kept out of the documents too. */
function run(role: string): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  try {
    const file = join(folder, 'self-test.json');
    const program = join(values.dist, 'conformance', 'cli', 'main.js');
    const args = [program, 'self-test', '--role', role, '--report', 'terminal', '--report', `json=${file}`];
    const { status, stdout } = spawnSync(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    if (status !== 0) {
      process.stdout.write(stdout);
      throw new Error(`self-test --role ${role} ended with exit code ${status}: nothing was written`);
    }
    const result: SelfTestResult = JSON.parse(readFileSync(file, 'utf8'));
    return outcomeOf(result);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is committed: without times, so that two clean runs differ in nothing. */
function outcomeOf(result: SelfTestResult): Outcome {
  const { twins, missed, wronglyAccused, vacuous, reference } = result;
  return {
    missed: missed.length,
    wronglyAccused: wronglyAccused.length,
    vacuous: vacuous.length,
    reference: reference?.grade ?? null,
    twins: twins.map(({ name, breaks, why, caught, failed }) => ({
      ...{ name, breaks, why, caught },
      also: failed.filter((id) => id !== breaks).sort(),
    })),
  };
}

mkdirSync(here, { recursive: true });
const roles = ['server', 'client'] as const;
for (const role of roles) {
  if (positionals.length === 0 || positionals.includes(role)) {
    const outcome = run(role);
    writeFileSync(join(here, `${role}.json`), `${JSON.stringify(outcome, null, 2)}\n`);
    writeFileSync(join(here, `${role}.svg`), drawMatrix(outcome.twins));
    console.log(`${role}: ${outcome.twins.length} twins`);
  }
}
const tested = roles.flatMap((role): Tested[] => {
  const file = join(here, `${role}.json`);
  return existsSync(file) ? [{ role, outcome: JSON.parse(readFileSync(file, 'utf8')) }] : [];
});
writeFileSync(join(here, 'README.md'), renderSelfTestPage(tested));
