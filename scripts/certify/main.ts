/** `npm run certify:reference [-- name …]`: grades the reference server in every way it can be mounted; all must get A+. */
import { certify, faultsOf } from './certify.js';
import { mounts } from './mounts.js';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(mounts, name));
if (unknown.length > 0)
  throw new Error(`expected names of ${Object.keys(mounts).join(', ')}, got ${unknown.join(', ')}`);

for (const [name, mount] of Object.entries(mounts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const report = await certify(mount);
  const { pass, fail, warn } = report.summary;
  const notObserved = report.summary['not-observed'];
  const counts = `${pass} pass, ${fail} fail, ${warn} warn, ${notObserved} not observed`;
  console.log(`${name.padEnd(10)} ${report.grade.padEnd(3)} ${counts}, ${(report.durationMs / 1000).toFixed(1)} s`);
  for (const fault of faultsOf(report)) console.log(`           ${fault}`);
  if (report.grade !== 'A+') process.exitCode = 1;
}
