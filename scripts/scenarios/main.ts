/** `npm run scenarios [-- --real] [--in node|chromium] [--output file]`: the six scenarios, and their figures as JSON. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { playAll, REAL, SCALED } from './play.js';

const { values } = parseArgs({
  options: { real: { type: 'boolean', default: false }, in: { type: 'string' }, output: { type: 'string' } },
});
const wheres =
  values.in === undefined ? (['node', 'chromium'] as const) : ([values.in === 'node' ? 'node' : 'chromium'] as const);
const { metrics, failures } = await playAll(wheres, values.real ? REAL : SCALED);
const text = `${JSON.stringify(metrics, null, 2)}\n`;
if (values.output === undefined) {
  process.stdout.write(text);
} else {
  writeFileSync(values.output, text);
}
for (const failure of failures) {
  process.stderr.write(`not met: ${failure}\n`);
}
process.exitCode = failures.length === 0 ? 0 : 1;
