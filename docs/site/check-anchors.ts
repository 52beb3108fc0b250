/** Finds links between pages of the site whose page or anchor does not exist. */
import { posix } from 'node:path';
import type { Page } from './html.js';

/** One line a fault: the page, the link, what is missing. */
export function checkAnchors(pages: readonly Page[]): readonly string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    hrefsOf(page).flatMap((href) => {
      const [path = '', fragment] = href.split('#', 2);
      const target = path === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), path));
      const known = anchors.get(target);
      if (known === undefined) {
        // Files that the site carries are checked where the link is resolved.
        return target.endsWith('.html') ? [`${page.path}: no page ${target} (${href})`] : [];
      }
      return fragment === undefined || known.has(decodeURIComponent(fragment))
        ? []
        : [`${page.path}: no anchor #${fragment} on ${target}`];
    }),
  );
}

function anchorsOf(page: Page): ReadonlySet<string> {
  return new Set([...page.main.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] ?? '').concat('main'));
}

function hrefsOf(page: Page): readonly string[] {
  const html = `${page.main}${page.contents ?? ''}`;
  return [...html.matchAll(/ href="([^"]+)"/g)]
    .map((match) => (match[1] ?? '').replaceAll('&amp;', '&'))
    .filter((href) => !/^[a-z][a-z0-9+.-]*:/i.test(href));
}
