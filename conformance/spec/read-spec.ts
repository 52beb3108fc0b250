/** Reads a written spec and its generated index from disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { KitError } from '../kit-error.js';
import { type Chapter, parseChapter } from './parse-chapter.js';
import type { Requirement, RequirementsFile } from './requirement.js';

/** The folder of a version that this package carries. Throws `KitError` (`usage`) for one that it does not. */
export function specDirectory(version: string): string {
  const directory = packageFile('spec', version);
  if (!/^\d+\.\d+$/.test(version) || !existsSync(directory)) {
    const known = readdirSync(packageFile('spec')).filter((name) => /^\d+\.\d+$/.test(name));
    throw new KitError('usage', `expected a version of the spec (${known.join(', ')}), got "${version}"`);
  }
  return directory;
}

/** The chapters (`NN-name.md`) of a folder in order. Throws `KitError` (`usage`) where there are none. */
export function readChapters(directory: string): Chapter[] {
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.md')) : [];
  if (files.length === 0) {
    throw new KitError('usage', `expected a folder with chapters (*.md), got "${directory}": name one that has some`);
  }
  return files.sort().map((file) => parseChapter(basename(file), readFileSync(join(directory, file), 'utf8')));
}

/** The generated index of a version. Throws `KitError`: `usage` for an unknown version, `kit` for a missing index. */
export function readRequirements(version = '1.0'): readonly Requirement[] {
  const file = join(specDirectory(version), 'requirements.json');
  try {
    return readRequirementsFile(file).requirements;
  } catch (cause) {
    throw new KitError('kit', `cannot read ${file}: install the package again`, { cause });
  }
}

/** A `requirements.json` of this project's own making; throws what reading or JSON throws. */
export function readRequirementsFile(file: string): RequirementsFile {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRequirementsFile(parsed)) throw new TypeError(`${file} holds no requirements`);
  return parsed;
}

function isRequirementsFile(value: unknown): value is RequirementsFile {
  return typeof value === 'object' && value !== null && 'requirements' in value && Array.isArray(value.requirements);
}
