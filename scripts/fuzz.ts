/**
 * `npm run fuzz`: feeds random and mutated transcripts to all rules on servers, then as many to all rules on clients.
 * `--runs 100000` says how many for each; vitest reports what broke, with the seed to repeat it.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { packageFile } from '../schemas/1.0/package-root.js';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  throw new Error(`--runs: expected a whole number from 1, got "${values.runs}"`);
}

/** Test files, with how many transcripts each is tried with at factor 1. */
const suites = [
  { file: 'conformance/server/rules/any-transcript.test.ts', usual: 550 },
  { file: 'conformance/client/rules/rules.property.test.ts', usual: 400 },
] as const;

const failed = suites.filter(({ file, usual }) => {
  const vitest = packageFile('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'unit', '--testTimeout', '7200000', file];
  const env = { ...process.env, FUZZ_FACTOR: String(runs / usual) };
  console.log(`${file}: ${runs} runs of random and mutated transcripts`);
  return spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
