/** Every requirement that was ever committed: what the freeze compares with, so that regenerating hides nothing. */
import { execFileSync } from 'node:child_process';
import type { Requirement } from '../conformance/spec/requirement.js';

/**
 * Requirements of all versions of an index in the history that git has here, one for each id, key word, level and role.
 * `file` is relative to `root`. Empty outside of a repository.
 */
export function requirementsEver(root: string, file: string): Requirement[] {
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  let commits: string[];
  try {
    commits = git(['log', '--format=%H', '--', file]).split('\n').filter(Boolean);
  } catch {
    return [];
  }
  const blobs = git(['cat-file', '--batch'], commits.map((commit) => `${commit}:${file}\n`).join(''));
  const ever = new Map<string, Requirement>();
  for (const [, body = ''] of blobs.matchAll(/^[0-9a-f]{40,64} blob \d+\n(\{\n[\s\S]*?\n\})\n$/gm)) {
    const index: { readonly requirements: readonly Requirement[] } = JSON.parse(body);
    for (const each of index.requirements) {
      const key = [each.id, each.keyword, each.level, each.role].join();
      if (!ever.has(key)) ever.set(key, each);
    }
  }
  return [...ever.values()];
}
