/** Where a link of a document leads: to a page, a file of the site, or out of it. */
import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { relativeUrl } from './html.js';
import type { Source } from './sources.js';

/** Folders that the site carries as they are. */
const CARRIED = ['schemas/1.0', 'spec/1.0/images'];

const REPOSITORY_FILES = new Set<string>();

/** Files of the repository that pages link to and the site has to carry. */
export function linkedFiles(): ReadonlySet<string> {
  return REPOSITORY_FILES;
}

/** Throws where a link leads nowhere, with the document and the link in one line. */
export function linkResolver(source: Source, sources: readonly Source[]): (href: string) => string {
  return (href) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('#')) {
      return href;
    }
    const [path = '', fragment] = href.split('#', 2);
    const target = posix.normalize(posix.join(posix.dirname(source.path), path));
    const page = sources.find((other) => other.path === target || other.path === posix.join(target, 'README.md'));
    if (page !== undefined) {
      return relativeUrl(source.page, page.page) + (fragment === undefined ? '' : `#${fragment}`);
    }
    const file = packageFile(target);
    if (!existsSync(file)) {
      throw new Error(`${source.path}: the link "${href}" leads nowhere`);
    }
    if (target.startsWith('schemas/1.0/') && /\/(wire|kit)\/[a-z-]+\.json$/.test(target)) {
      return relativeUrl(source.page, target.replace(/\.json$/, '.html'));
    }
    if (statSync(file).isDirectory()) {
      return relativeUrl(source.page, 'schemas/1.0/index.html');
    }
    if (!CARRIED.some((folder) => target.startsWith(`${folder}/`))) {
      REPOSITORY_FILES.add(target);
    }
    return relativeUrl(source.page, target);
  };
}
