/** `npm run docs`: builds the site into docs/site/dist. Throws, and says where, on a link or an anchor that leads nowhere. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRequirements } from '../../conformance/spec/read-spec.js';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { collectLinks } from '../../scripts/trace/links.js';
import { type TraceRow, traceRows } from '../../scripts/trace/matrix.js';
import { checkAnchors } from './check-anchors.js';
import { homePage, singlePage } from './front-pages.js';
import { type NavigationEntry, type Page, renderPage } from './html.js';
import { linkedFiles, linkResolver } from './links.js';
import { type Heading, type Rendered, renderMarkdown } from './markdown.js';
import { badges, MATRIX, matrixPage } from './matrix-page.js';
import { schemaPages } from './schema-pages.js';
import { searchIndex } from './search-index.js';
import { findSources, type Source, SPEC } from './sources.js';

const OUT = packageFile('docs', 'site', 'dist');

export interface Built {
  readonly source: Source;
  readonly rendered: Rendered;
}

async function build(): Promise<void> {
  const startedAtMs = performance.now();
  const sources = findSources();
  const rows = traceRows(readRequirements(), await collectLinks());
  const built = sources.map((source) => ({ source, rendered: render(source, sources, rows) }));
  const pages: readonly Page[] = [
    homePage(sources, rows),
    singlePage(sources, (source, prefix) => render(source, sources, rows, prefix)),
    { path: MATRIX, title: 'Traceability', main: matrixPage(rows) },
    ...schemaPages(),
    ...built.map(({ source, rendered }) => pageOf(source, rendered)),
  ];
  const faults = checkAnchors(pages);
  if (faults.length > 0) {
    throw new Error(faults.join('\n'));
  }
  const navigation = navigationOf(sources);
  rmSync(OUT, { recursive: true, force: true });
  for (const page of pages) {
    write(page.path, renderPage(page, navigation));
  }
  write('assets/search.json', JSON.stringify(searchIndex(built)));
  carryFiles();
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${pages.length} pages in docs/site/dist, ${seconds} s`);
}

function render(source: Source, sources: readonly Source[], rows: readonly TraceRow[], prefix = ''): Rendered {
  const from = prefix === '' ? source.page : `${SPEC}/index.html`;
  const byId = new Map<string, TraceRow>(rows.map((row) => [row.requirement.id, row]));
  return renderMarkdown(source.text, {
    prefix,
    resolveLink: linkResolver(source, sources),
    badgesOf: (id) => {
      const row = source.page.startsWith(`${SPEC}/`) ? byId.get(id) : undefined;
      return row === undefined ? '' : badges(from, row);
    },
  });
}

function pageOf(source: Source, { html, headings }: Rendered): Page {
  return { path: source.page, title: source.title, main: html, contents: contentsOf(headings) };
}

function contentsOf(headings: readonly Heading[]): string {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 3) {
    return '';
  }
  const items = shown.map(
    ({ level, text, anchor }) =>
      `<li class="level-${level}"><a href="#${anchor}">${text.replaceAll('<', '&lt;')}</a></li>`,
  );
  return `<nav aria-label="On this page"><h2>On this page</h2><ul>${items.join('\n')}</ul></nav>`;
}

function navigationOf(sources: readonly Source[]): readonly NavigationEntry[] {
  const entries = sources.map(({ section, title, page }) => ({ section, title, path: page }));
  const specification = entries.filter(({ section }) => section === 'Specification');
  const others = entries.filter(({ section }) => section !== 'Specification');
  const more = [
    { section: 'Specification', title: 'All on one page', path: `${SPEC}/index.html` },
    { section: 'Specification', title: 'Schemas and vectors', path: 'schemas/1.0/index.html' },
    { section: 'Specification', title: 'Traceability', path: MATRIX },
  ];
  return [...specification, ...more, ...others];
}

function carryFiles(): void {
  const copy = (path: string, to = path) => {
    mkdirSync(dirname(join(OUT, to)), { recursive: true });
    cpSync(packageFile(path), join(OUT, to), { recursive: true, force: true });
  };
  for (const group of ['wire', 'kit', 'vectors']) {
    copy(`schemas/1.0/${group}`);
  }
  copy('spec/1.0/images');
  copy('spec/1.0/requirements.json');
  copy('spec/1.0/state-machines');
  copy('docs/site/assets', 'assets');
  for (const path of linkedFiles()) {
    copy(path);
  }
}

function write(path: string, text: string): void {
  const file = join(OUT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

await build();
