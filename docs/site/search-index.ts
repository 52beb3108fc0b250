/** What the search looks through: each heading with the text below it. */
import type { Built } from './build.js';

export interface SearchEntry {
  /** Page and anchor in the site. */
  readonly url: string;
  readonly title: string;
  /** The document that it stands in. */
  readonly in: string;
  readonly text: string;
}

/** Text kept per entry: enough to find, not the whole document twice. */
const MAX_TEXT = 600;

export function searchIndex(built: readonly Built[]): readonly SearchEntry[] {
  return built.flatMap(({ source, rendered }) => {
    const sections = source.text.split(/^#{1,6} .*$/m).slice(1);
    return rendered.headings.map((heading, index) => ({
      url: heading.level === 1 ? source.page : `${source.page}#${heading.anchor}`,
      title: heading.text,
      in: source.title,
      text: plain(sections[index] ?? '').slice(0, MAX_TEXT),
    }));
  });
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/```[\s\S]*?```/g, ' ')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/[`*_>#[\]|]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
