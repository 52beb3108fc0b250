/** `npm run requirements`: writes the index and the id types from the chapters; with `--check` it only compares. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatFinding } from '../conformance/spec/finding.js';
import { lintSpec } from '../conformance/spec/lint.js';
import { readChapters, readRequirementsFile } from '../conformance/spec/read-spec.js';
import type { Requirement } from '../conformance/spec/requirement.js';
import { packageFile, packageRoot } from '../schemas/1.0/package-root.js';
import { requirementsEver } from './requirements-history.js';

const version = '1.0';
const directory = packageFile('spec', version);
const indexFile = join(directory, 'requirements.json');
const typesFile = packageFile('schemas', version, 'types', 'requirement-id.ts');

const chapters = readChapters(directory);
const findings = lintSpec(chapters, {
  frozen: [
    ...requirementsEver(packageRoot(), `spec/${version}/requirements.json`),
    ...(existsSync(indexFile) ? readRequirementsFile(indexFile).requirements : []),
  ],
  exists: (path) => existsSync(join(directory, path)),
});
for (const line of new Set(findings.map(formatFinding))) console.error(`spec/${version}/${line}`);

const requirements = chapters.flatMap((chapter) => chapter.requirements);
const wanted = new Map([
  [indexFile, `${JSON.stringify({ spec: version, requirements }, null, 2)}\n`],
  [typesFile, typesOf(requirements)],
]);
const stale = [...wanted].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);

if (findings.length > 0) {
  console.error(`${findings.length} finding(s) in the spec: nothing was written`);
  process.exitCode = 1;
} else if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is stale: run "npm run requirements" and commit the result`);
  process.exitCode = stale.length > 0 ? 1 : 0;
  if (stale.length === 0) console.log(`${requirements.length} requirements, index and types up to date`);
} else {
  for (const [file, text] of stale) writeFileSync(file, text);
  console.log(`${requirements.length} requirements, ${stale.length} file(s) written`);
}

function typesOf(all: readonly Requirement[]): string {
  const union = (role: Requirement['role']): string =>
    all
      .filter((requirement) => requirement.role === role && requirement.retired === undefined)
      .map((requirement) => `\n  | '${requirement.id}'`)
      .join('');
  return `/** The ids of all requirements in force; generated from spec/${version} by \`npm run requirements\`. */

/** Requirements whose subject is the server. */
export type ServerRequirementId =${union('server')};

/** Requirements whose subject is the client. */
export type ClientRequirementId =${union('client')};

/** An id of the given role, or of either. */
export type RequirementId<R extends 'server' | 'client' = 'server' | 'client'> = R extends 'server'
  ? ServerRequirementId
  : ClientRequirementId;
`;
}
