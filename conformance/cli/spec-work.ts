/** The work of `conformance spec`: the lint of a folder of chapters, and the difference of two. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clientRuleBook } from '../client/rules/index.js';
import { checkExample } from '../run/check-example.js';
import { serverRuleBook } from '../server/rules/index.js';
import { diffSpecs, renderSpecDiff } from '../spec/diff.js';
import { formatFinding } from '../spec/finding.js';
import { lintSpec } from '../spec/lint.js';
import { readSide } from '../spec/read-side.js';
import { readChapters, readRequirementsFile, specDirectory } from '../spec/read-spec.js';
import { exitCodes } from './exit-codes.js';

/** The version that this package carries. */
const ownVersion = '1.0';

/** Prints the findings and gives the exit code. Throws `KitError` (`usage`) for a folder without chapters. */
export function lintFolder(folder: string | undefined): number {
  const directory = folder === undefined ? specDirectory(ownVersion) : resolve(folder);
  const chapters = readChapters(directory);
  const index = join(directory, 'requirements.json');
  const findings = lintSpec(chapters, {
    ...(existsSync(index) ? { frozen: readRequirementsFile(index).requirements } : {}),
    exists: (path) => existsSync(join(directory, path)),
    ruled: new Set([...Object.keys(serverRuleBook), ...Object.keys(clientRuleBook)]),
    checkExample,
  });
  for (const finding of findings) process.stdout.write(`${formatFinding(finding)}\n`);
  const requirements = chapters.flatMap((chapter) => chapter.requirements).length;
  process.stdout.write(`${chapters.length} chapters, ${requirements} requirements, ${findings.length} findings\n`);
  return findings.length === 0 ? exitCodes.conforms : exitCodes.doesNotConform;
}

/** Markdown. Throws `KitError` (`usage`) for a side that is no spec. */
export function diffSides(older: string, newer: string): string {
  return renderSpecDiff(diffSpecs(readSide(older), readSide(newer)), older, newer);
}
