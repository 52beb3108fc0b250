/** The part of `npm run lint` that Biome has no rule for: the lock file and the shape of source files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';
import { lockFileFaults } from './lock-file.js';
import { sourceFileFaults } from './source-files.js';

const files = trackedFiles().filter((path) => /\.tsx?$/.test(path) && !/(?:^|\/)types\/|\.d\.ts$/.test(path));
const faults = [
  ...lockFileFaults(JSON.parse(readFileSync(packageFile('package-lock.json'), 'utf8'))),
  ...files.flatMap((path) => sourceFileFaults(path, readFileSync(packageFile(path), 'utf8'))),
];
for (const fault of faults) console.error(fault);
console.log(`${files.length} source files and the lock file looked at, ${faults.length} fault(s)`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** What git knows of, or would: files that a clone will have. */
function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path !== '' && existsSync(packageFile(path)));
}
