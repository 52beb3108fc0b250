/** Markdown to HTML: headings with anchors, requirements with badges, links to pages of the site. */
import MarkdownIt from 'markdown-it';
import Token from 'markdown-it/lib/token.mjs';
import { slugsOf } from '../../conformance/spec/anchors.js';
import { escapeHtml } from './html.js';

export interface RenderOptions {
  /** Where a link of the document leads in the site; throws where it leads nowhere. */
  readonly resolveLink: (href: string) => string;
  /** HTML that stands under the heading of a requirement. */
  readonly badgesOf: (id: string) => string;
  /** Put before every fragment but those of requirements, for pages of several documents. */
  readonly prefix?: string;
}

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
}

const REQUIREMENT = /^([A-Z]+-\d{3}) /;

/** HTML in Markdown is shown as text: nothing in a document can bring a script along. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
const renderFence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
  const html = renderFence?.(tokens, index, options, env, self) ?? '';
  const info = tokens[index]?.info ?? '';
  const breaks = /wrong=([A-Z]+-\d{3})/.exec(info)?.[1];
  const caption = breaks === undefined ? '' : `<p class="wrong">Wrong: breaks ${breaks}</p>`;
  // Long lines scroll inside the block, also with the keyboard.
  return `<div class="code">${caption}${html.replace('<pre>', '<pre tabindex="0">')}</div>\n`;
};
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0" role="region" aria-label="table"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';

export function renderMarkdown(text: string, options: RenderOptions): Rendered {
  const tokens = markdown.parse(withoutMarkers(text), {});
  const headings = anchorHeadings(tokens, options);
  for (const token of tokens) {
    rewriteLinks(token, options);
  }
  return { html: markdown.renderer.render(tokens, markdown.options, {}), headings };
}

/** Comments mark what is generated; they are for the generator. */
function withoutMarkers(text: string): string {
  return text.replaceAll(/^<!--.*?-->\n/gm, '');
}

function anchorHeadings(tokens: Token[], { badgesOf, prefix = '' }: RenderOptions): readonly Heading[] {
  const opens = tokens.flatMap((token, index) => (token.type === 'heading_open' ? [index] : []));
  const texts = opens.map((index) => plainText(tokens[index + 1]));
  const slugs = slugsOf(texts);
  const headings: Heading[] = [];
  // From the end, so that what is put in does not move what is still to come.
  for (const [at, index] of [...opens.entries()].reverse()) {
    const text = texts[at] ?? '';
    const id = REQUIREMENT.exec(text)?.[1];
    const anchor = id?.toLowerCase() ?? `${prefix}${slugs[at]}`;
    tokens[index]?.attrSet('id', anchor);
    const level = Number(tokens[index]?.tag.slice(1));
    headings.unshift({ level, text, anchor });
    if (id !== undefined) {
      tokens[index]?.attrSet('class', 'requirement');
      tokens.splice(index + 3, 0, htmlToken(badgesOf(id)));
    }
    if (level > 1) {
      tokens[index + 1]?.children?.push(
        htmlToken(` <a class="anchor" href="#${anchor}" aria-label="Link to ${escapeHtml(text)}">#</a>`),
      );
    }
  }
  return headings;
}

function htmlToken(html: string): Token {
  const token = new Token('html_block', '', 0);
  token.content = html;
  return token;
}

function rewriteLinks(token: Token, options: RenderOptions): void {
  const href = token.attrGet('href');
  if (token.type === 'link_open' && href !== null) {
    token.attrSet('href', options.resolveLink(href));
  }
  const src = token.attrGet('src');
  if (token.type === 'image' && src !== null) {
    token.attrSet('src', options.resolveLink(src));
  }
  for (const child of token.children ?? []) {
    rewriteLinks(child, options);
  }
}

export function plainText(token: Token | undefined): string {
  return (token?.children ?? []).map((child) => child.content).join('');
}
