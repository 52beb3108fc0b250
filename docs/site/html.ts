/** HTML by hand, the little that is needed: escaping, and the frame of a page. */
import { posix } from 'node:path';

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export interface Page {
  /** Path in the site. */
  readonly path: string;
  readonly title: string;
  /** The body of the page, HTML. */
  readonly main: string;
  /** What is on this page, HTML; '' for none. */
  readonly contents?: string;
}

export interface NavigationEntry {
  readonly section: string;
  readonly title: string;
  readonly path: string;
}

/** Scripts, styles and data of the site itself, and nothing else: no other host, nothing inline. */
export const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** The URL of one page of the site as another one names it, so that the site works below any path. */
export function relativeUrl(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to) || posix.basename(to);
}

export function renderPage(page: Page, navigation: readonly NavigationEntry[]): string {
  const url = (path: string) => escapeHtml(relativeUrl(page.path, path));
  const root = relativeUrl(page.path, 'index.html').replace(/index\.html$/, '') || './';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)} · Resilient SSE</title>
<link rel="stylesheet" href="${url('assets/site.css')}">
<link rel="stylesheet" href="${url('assets/text.css')}">
<link rel="icon" href="${url('assets/icon.svg')}">
<script src="${url('assets/search.js')}" defer></script>
</head>
<body data-root="${escapeHtml(root)}">
<a class="skip" href="#main">To the text</a>
<header class="top">
<a class="home" href="${url('index.html')}"><img src="${url('assets/icon.svg')}" alt="" width="22" height="22"> Resilient SSE</a>
<search class="search" hidden><label for="search">Search</label>
<input id="search" type="search" autocomplete="off" placeholder="REPLAY-003, heartbeat, Retry-After" aria-controls="found">
<ol id="found" aria-live="polite" hidden></ol></search>
</header>
<div class="columns">
<nav class="site" aria-label="Site"><details><summary>Contents</summary>
${renderNavigation(page.path, navigation)}
</details></nav>
<main id="main">
${page.main}
</main>
<aside class="here"${page.contents ? '' : ' hidden'}>${page.contents ?? ''}</aside>
</div>
</body>
</html>
`;
}

function renderNavigation(current: string, navigation: readonly NavigationEntry[]): string {
  const sections = [...new Set(navigation.map(({ section }) => section))];
  return sections
    .map((section) => {
      const links = navigation
        .filter((entry) => entry.section === section)
        .map(({ title, path }) => {
          const here = path === current ? ' aria-current="page"' : '';
          return `<li><a href="${escapeHtml(relativeUrl(current, path))}"${here}>${escapeHtml(title)}</a></li>`;
        });
      return `<h2>${escapeHtml(section)}</h2>\n<ul>\n${links.join('\n')}\n</ul>`;
    })
    .join('\n');
}
