/** `npm run trace`: shows what carries each requirement out, and fails where one is torn. `--all`, `--json`, `--shrink`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readRequirements } from '../../conformance/spec/read-spec.js';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { collectLinks } from './links.js';
import { type Owed, shrinkOwed, traceFaults, traceRows } from './matrix.js';
import { formatMatrix, formatSummary } from './print.js';

const owedFile = packageFile('scripts', 'trace', 'owed.json');
const asked = new Set(process.argv.slice(2));

const links = await collectLinks();
const rows = traceRows(readRequirements(), links);
let owed: Owed = JSON.parse(readFileSync(owedFile, 'utf8'));
if (asked.has('--shrink')) {
  owed = shrinkOwed(owed, rows);
  writeFileSync(owedFile, `${JSON.stringify(owed, null, 2)}\n`);
}
const faults = traceFaults(rows, links, owed);

if (asked.has('--json')) console.log(JSON.stringify({ rows, owed, faults }, null, 2));
else console.log(asked.has('--all') ? formatMatrix(rows) : formatSummary(rows));
for (const [issue, ids] of Object.entries(owed)) console.error(`owed, ${ids.length}: ${issue}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
