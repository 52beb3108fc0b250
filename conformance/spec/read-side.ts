/** One side of a comparison of specs: a version, a folder, or a git revision with or without a path. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { KitError } from '../kit-error.js';
import { parseChapter } from './parse-chapter.js';
import { readChapters, specDirectory } from './read-spec.js';
import type { Requirement } from './requirement.js';

/**
 * Requirements of `1.0`, `path/to/spec`, `v1.2.0` or `HEAD~3:spec/1.0` (path from the root of the repository, `spec/1.0`
 * where none is given). Throws `KitError` (`usage`) for anything else.
 */
export function readSide(name: string, cwd: string = process.cwd()): readonly Requirement[] {
  if (/^\d+\.\d+$/.test(name)) return readChapters(specDirectory(name)).flatMap((chapter) => chapter.requirements);
  if (existsSync(name) && statSync(name).isDirectory()) {
    return readChapters(name).flatMap((chapter) => chapter.requirements);
  }
  return readRevision(name, cwd);
}

function readRevision(name: string, cwd: string): readonly Requirement[] {
  const [revision = '', path = 'spec/1.0'] = name.split(':', 2);
  const refuse = (cause?: unknown): KitError =>
    new KitError(
      'usage',
      `expected a version, a folder or a git revision with chapters in ${path}, got "${name}": try 1.0, ./spec/1.0 or HEAD~1`,
      { cause },
    );
  if (revision === '' || revision.startsWith('-')) throw refuse();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 16 << 20 });
  try {
    const root = git('rev-parse', '--show-toplevel').trim();
    const files = git('-C', root, 'ls-tree', '--name-only', revision, `${path.replace(/\/$/, '')}/`)
      .split('\n')
      .filter((file) => file.endsWith('.md'));
    if (files.length === 0) throw refuse();
    return files.flatMap((file) => {
      const chapter = file.slice(file.lastIndexOf('/') + 1);
      return parseChapter(chapter, git('-C', root, 'show', `${revision}:${file}`)).requirements;
    });
  } catch (cause) {
    throw cause instanceof KitError ? cause : refuse(cause);
  }
}
