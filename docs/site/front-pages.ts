/** The page one arrives at, and the whole standard on one page. */
import type { TraceRow } from '../../scripts/trace/matrix.js';
import { escapeHtml, type Page } from './html.js';
import type { Rendered } from './markdown.js';
import { type Source, SPEC } from './sources.js';

export function homePage(sources: readonly Source[], rows: readonly TraceRow[]): Page {
  const list = (section: string) =>
    sources
      .filter((source) => source.section === section)
      .map(({ page, title }) => `<li><a href="${page}">${escapeHtml(title)}</a></li>`)
      .join('\n');
  const section = (name: string, heading = name) =>
    list(name) === '' ? '' : `<h2>${heading}</h2><ul>${list(name)}</ul>`;
  const count = (role: string) => rows.filter(({ requirement }) => requirement.role === role).length;
  const main = `<h1>Resilient SSE 1.0</h1>
<p class="lead">A protocol for finite, resumable streams over Server-Sent Events, and a kit that grades any server by its URL and any client by a command, a page or the wire.</p>
<p>${count('server')} requirements on servers and ${count('client')} on clients, each with the reason for it, most with a rule that checks it and a faulty implementation that the rule has caught.</p>
<div class="cards">
<section><h2>The standard</h2><ul>${list('Specification')}</ul></section>
<section><h2>Read it another way</h2><ul>
<li><a href="${SPEC}/index.html">All on one page</a></li>
<li><a href="schemas/1.0/index.html">Schemas and test vectors</a></li>
<li><a href="matrix.html">Traceability: requirement, rule, faulty twin</a></li></ul>
${section('Guides')}</section>
<section>${section('Results')}${section('Decisions')}${section('Project', 'The project')}</section>
</div>`;
  return { path: 'index.html', title: 'The standard and its kit', main };
}

/** Chapters one after the other; links between them stay on the page. */
export function singlePage(sources: readonly Source[], render: (source: Source, prefix: string) => Rendered): Page {
  const path = `${SPEC}/index.html`;
  const chapters = sources.filter(({ section }) => section === 'Specification');
  const prefixes = new Map(chapters.map(({ page }) => [page.replace(`${SPEC}/`, ''), prefixOf(page)]));
  const parts = chapters.map((source) => {
    const { html } = render(source, prefixOf(source.page));
    return onThisPage(html, prefixOf(source.page), prefixes);
  });
  const list = chapters.map(
    ({ page, title }) => `<li class="level-2"><a href="#${prefixOf(page)}">${escapeHtml(title)}</a></li>`,
  );
  const contents = `<nav aria-label="On this page"><h2>Chapters</h2><ul>${list.join('\n')}</ul></nav>`;
  const main = parts
    .map((html, index) => `<section id="${prefixOf(chapters[index]?.page ?? '')}">${html}</section>`)
    .join('\n');
  return { path, title: 'All on one page', main, contents };
}

function prefixOf(page: string): string {
  return `${page.replace(/^.*\//, '').replace(/\.html$/, '')}.`;
}

/** `65-replay.html#the-seam` becomes `#65-replay.the-seam`; fragments of requirements are the same everywhere. */
function onThisPage(html: string, own: string, prefixes: ReadonlyMap<string, string>): string {
  const isRequirement = (fragment: string) => /^[a-z]+-\d{3}$/.test(fragment);
  return html
    .replaceAll(/href="([0-9a-z-]+\.html)(?:#([^"]*))?"/g, (whole, page: string, fragment: string | undefined) => {
      const prefix = prefixes.get(page);
      if (prefix === undefined) {
        return whole;
      }
      return fragment !== undefined && isRequirement(fragment)
        ? `href="#${fragment}"`
        : `href="#${prefix}${fragment ?? ''}"`;
    })
    .replaceAll(/href="#([^"]+)"/g, (whole, fragment: string) => {
      const known = isRequirement(fragment) || [...prefixes.values()].some((prefix) => fragment.startsWith(prefix));
      return known ? whole : `href="#${own}${fragment}"`;
    });
}
