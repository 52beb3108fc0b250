/** Cuts a Markdown chapter into the blocks that the requirement parser and the lint look at. */
import MarkdownIt, { type Token } from 'markdown-it';

/** One run of inline text: a heading, a paragraph, a table cell, the text of a block quote. */
export interface TextBlock {
  readonly kind: 'heading' | 'quote' | 'text';
  /** Level of the heading, 0 for other kinds. */
  readonly headingLevel: number;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** As written, inline Markdown included. */
  readonly source: string;
  /** Without markup and with code spans blanked, line by line: what a reader takes for prose. */
  readonly prose: string;
  /** True for a paragraph that is a direct child of the chapter. */
  readonly topLevel: boolean;
  /** Counts block quotes from the start of the chapter; -1 outside of one. */
  readonly quote: number;
  readonly links: readonly string[];
}

/** A fenced block: its info string (`sse`, `http`, `json wrong=EVENT-004`) and its text. */
export interface FencedBlock {
  readonly kind: 'fence';
  readonly line: number;
  readonly info: string;
  readonly text: string;
}

export type Block = TextBlock | FencedBlock;

const markdown = new MarkdownIt({ html: false, linkify: false });

/** Blocks in the order of the text. Never throws on any text. */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const open: Token[] = [];
  let quotes = 0;
  let quoteDepth = 0;
  for (const token of markdown.parse(text, {})) {
    if (token.nesting === 1) {
      open.push(token);
      if (token.type === 'blockquote_open' && quoteDepth++ === 0) quotes++;
    } else if (token.nesting === -1) {
      open.pop();
      if (token.type === 'blockquote_close') quoteDepth--;
    } else if (token.type === 'fence') {
      blocks.push({ kind: 'fence', line: lineOf(token), info: token.info.trim(), text: token.content });
    } else if (token.type === 'inline') {
      blocks.push(textBlock(token, open, quoteDepth > 0 ? quotes - 1 : -1));
    }
  }
  return blocks;
}

function textBlock(token: Token, open: readonly Token[], quote: number): TextBlock {
  const heading = open.find((parent) => parent.type === 'heading_open');
  return {
    kind: heading !== undefined ? 'heading' : quote >= 0 ? 'quote' : 'text',
    headingLevel: heading === undefined ? 0 : Number(heading.tag.slice(1)),
    line: lineOf(token),
    source: token.content,
    prose: proseOf(token.children ?? []),
    topLevel: open.length === 1 && open[0]?.type === 'paragraph_open',
    quote,
    links: linksOf(token.children ?? []),
  };
}

function lineOf(token: Token): number {
  return (token.map?.[0] ?? 0) + 1;
}

function proseOf(children: readonly Token[]): string {
  return children
    .map((child) => {
      if (child.type === 'softbreak' || child.type === 'hardbreak') return '\n';
      return child.type === 'text' ? child.content : child.type === 'code_inline' ? '`'.padEnd(2, '`') : '';
    })
    .join('');
}

function linksOf(children: readonly Token[]): string[] {
  return children.flatMap((child) => {
    const target =
      child.type === 'link_open' ? child.attrGet('href') : child.type === 'image' ? child.attrGet('src') : null;
    return target === null ? [] : [target];
  });
}

/** Blocks that are text. */
export function textBlocks(blocks: readonly Block[]): TextBlock[] {
  return blocks.filter((block): block is TextBlock => block.kind !== 'fence');
}

export function countLineEnds(text: string): number {
  return text.split('\n').length - 1;
}

/** Source lines joined: a sentence may be broken anywhere. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
