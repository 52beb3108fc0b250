/**
 * `npm run steady`: grades the reference again and again while all cores are kept busy, and tells which verdicts
 * changed. Options: `--role client` (default: server), `--runs 20`, `--burners 2` (default: one a core), `--dist FOLDER`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { type Change, changesBetween, type Verdicts, verdictsOf } from './changes.js';

const { values } = parseArgs({
  options: {
    role: { type: 'string', default: 'server' },
    runs: { type: 'string', default: '20' },
    burners: { type: 'string', default: String(cpus().length) },
    dist: { type: 'string', default: packageFile('dist') },
  },
});
/** How the reference is named to `run`. */
const SUBJECTS = new Map([
  ['server', ['--target', 'reference', '--fast']],
  ['client', ['--client', 'reference']],
]);
const subject = SUBJECTS.get(values.role);
if (subject === undefined) {
  throw new Error(`--role: expected ${[...SUBJECTS.keys()].join(' or ')}, got "${values.role}"`);
}
const program = join(values.dist, 'conformance', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'steady-'));

/** Grades the reference once. */
function grade(): { readonly verdicts: Verdicts; readonly seconds: number } {
  const file = join(folder, 'report.json');
  const startedAtMs = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, 'run', ...(subject ?? []), '--report', `json=${file}`],
    { encoding: 'utf8' },
  );
  if (status !== 0 && status !== 1) {
    throw new Error(`the run ended with exit code ${status}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  }
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isOfSchema('report', report)) {
    throw new Error('the run left no report');
  }
  return { verdicts: verdictsOf(report), seconds: (performance.now() - startedAtMs) / 1000 };
}

/** Computes for as long as its parent lives. */
const BURNER =
  'const of = process.ppid; for (;;) { for (let i = 0; i < 1e8; i++); if (process.ppid !== of) process.exit(); }';

/** Processes that do nothing but compute. */
function startBurners(count: number): readonly ChildProcess[] {
  return Array.from({ length: count }, () => spawn(process.execPath, ['-e', BURNER], { stdio: 'ignore' }));
}

function describe({ id, before, after, evidence }: Change): string {
  return `  ${id}: ${before} → ${after}${evidence === '' ? '' : ` (${evidence})`}`;
}

const quiet = grade();
console.log(`quiet: ${quiet.seconds.toFixed(1)} s, ${quiet.verdicts.size} verdicts`);
const burners = startBurners(Number(values.burners));
let changed = 0;
let unsteady = 0;
try {
  for (let run = 1; run <= Number(values.runs); run += 1) {
    const busy = grade();
    const changes = changesBetween(quiet.verdicts, busy.verdicts);
    changed += changes.length;
    unsteady += changes.length === 0 ? 0 : 1;
    console.log(`run ${run}: ${busy.seconds.toFixed(1)} s, ${changes.length} changed`);
    for (const change of changes) {
      console.log(describe(change));
    }
  }
} finally {
  for (const burner of burners) burner.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
console.log(`${values.runs} runs with ${values.burners} burners: ${changed} verdicts changed, in ${unsteady} runs`);
process.exitCode = changed === 0 ? 0 : 1;
