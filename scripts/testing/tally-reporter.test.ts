import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(packageFile('node_modules'), '.tally-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs vitest on one file with this reporter alone. */
function run(test: string): { status: number | null; lastLine: string | undefined } {
  writeFileSync(join(folder, 'sample.test.ts'), test);
  writeFileSync(join(folder, 'vitest.config.ts'), 'export default {};\n');
  const vitest = packageFile('node_modules', 'vitest', 'vitest.mjs');
  const reporter = packageFile('scripts', 'testing', 'tally-reporter.ts');
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder, `--reporter=${reporter}`], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

it('counts what passed, failed and was left out', () => {
  const sample = `import { expect, it } from 'vitest';
    it('a', () => expect(1).toBe(1)); it('b', () => expect(1).toBe(2)); it.skip('c'); it('d', () => {});`;
  expect(run(sample)).toEqual({ status: 1, lastLine: '2 passed, 1 failed, 1 skipped' });
});

it('counts a file that cannot be loaded as a failure', () => {
  expect(run(`import './nowhere.js';`)).toEqual({ status: 1, lastLine: '0 passed, 1 failed' });
});

it('counts an error outside of any test as a failure', () => {
  const sample = `import { it } from 'vitest';
    it('a', () => { void Promise.reject(new Error('lost')); });`;
  expect(run(sample)).toEqual({ status: 1, lastLine: '1 passed, 1 failed' });
});
