/** Finds the documents that the site publishes, and says where each goes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { packageFile } from '../../schemas/1.0/package-root.js';

export interface Source {
  /** Path in the repository, with forward slashes. */
  readonly path: string;
  /** Path in the site. */
  readonly page: string;
  readonly section: 'Specification' | 'Guides' | 'Monitoring' | 'Results' | 'Decisions' | 'Project';
  readonly title: string;
  readonly text: string;
}

export const SPEC = 'spec/1.0';

/** All documents in the order of the navigation. */
export function findSources(): readonly Source[] {
  return [
    ...markdownIn(SPEC).map((path) => source(path, path.replace(/\.md$/, '.html'), 'Specification')),
    ...markdownIn('docs/guides').map((path) => source(path, `guides/${stemOf(path)}.html`, 'Guides')),
    ...monitoringPages().map(([path, name]) => source(path, `monitoring/${name}.html`, 'Monitoring')),
    ...resultPages().map((path) => source(path, `results/${resultName(path)}.html`, 'Results')),
    ...(existsSync(packageFile('docs', 'performance.md'))
      ? [source('docs/performance.md', 'results/performance.html', 'Results')]
      : []),
    ...markdownIn('docs/adr').map((path) => source(path, `adr/${stemOf(path)}.html`, 'Decisions')),
    ...['README', 'CONTRIBUTING', 'CHANGELOG']
      .filter((name) => existsSync(packageFile(`${name}.md`)))
      .map((name) => source(`${name}.md`, `${name.toLowerCase()}.html`, 'Project')),
  ];
}

function source(path: string, page: string, section: Source['section']): Source {
  const text = readFileSync(packageFile(path), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1] ?? stemOf(path);
  return { path, page, section, title, text };
}

function markdownIn(folder: string): readonly string[] {
  const root = packageFile(folder);
  if (!existsSync(root)) {
    return [];
  }
  return readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => posix.join(folder, name));
}

/** Each with its name in the site; alerts link to runbooks by it (`runbook_url`). */
function monitoringPages(): readonly (readonly [path: string, name: string])[] {
  const runbooks = markdownIn('docs/monitoring/runbooks').map((path) => [path, stemOf(path)] as const);
  return [['docs/monitoring/README.md', 'index'], ...runbooks];
}

/** `docs/results/README.md` and those one folder below; what a set-up installed is not ours. */
function resultPages(): readonly string[] {
  const root = packageFile('docs', 'results');
  const folders = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : [];
  const own = folders.filter((entry) => entry.isDirectory()).map(({ name }) => `docs/results/${name}/README.md`);
  return ['docs/results/README.md', ...own.sort()].filter((path) => existsSync(packageFile(path)));
}

function resultName(path: string): string {
  const folder = posix.basename(posix.dirname(path));
  return folder === 'results' ? 'index' : folder;
}

function stemOf(path: string): string {
  return posix.basename(path, '.md');
}
