/** Reads one chapter of the written spec: its requirements, anchors, links and references. Pure. */
import { anchorsOf } from './anchors.js';
import type { SpecFinding, SpecRule } from './finding.js';
import { type Block, type FencedBlock, oneLine, readBlocks, type TextBlock } from './markdown-blocks.js';
import { areaOf, type Keyword, levelOfArea, type Requirement, requirementIdPattern } from './requirement.js';

export interface Chapter {
  /** File name, such as `40-ids.md`. */
  readonly file: string;
  /** Text of the first heading; the file name where there is none. */
  readonly title: string;
  /** In the order of the text. Headings that are broken beyond use are left out and are findings. */
  readonly requirements: readonly Requirement[];
  readonly blocks: readonly Block[];
  /** Every fragment that a link into this chapter may name. */
  readonly anchors: ReadonlySet<string>;
  /** What was wrong with the form of its requirements. */
  readonly findings: readonly SpecFinding[];
}

/** The words of BCP 14, longest first. */
export const keyWordPattern =
  /\b(MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|NOT RECOMMENDED|RECOMMENDED|REQUIRED|MAY|OPTIONAL)\b/g;

const keywords: ReadonlySet<string> = new Set<Keyword>(['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY']);
const headingPattern = /^(?<id>[A-Za-z]+-\d+)(?:\s+(?<title>.*))?$/;
const fieldPattern = /^(?<name>Why|Not testable|Since|Retired):\s*(?<text>.*)$/;

type Field = 'why' | 'notTestable' | 'since' | 'retired';
const fieldOfName: ReadonlyMap<string, Field> = new Map([
  ['Why', 'why'],
  ['Not testable', 'notTestable'],
  ['Since', 'since'],
  ['Retired', 'retired'],
]);

/** Parses a chapter. Never throws: what cannot be read is a finding. */
export function parseChapter(file: string, text: string): Chapter {
  const blocks = readBlocks(text);
  const findings: SpecFinding[] = [];
  const report = (line: number, rule: SpecRule, message: string): void => {
    findings.push({ file, line, rule, message });
  };
  const headings = blocks.filter((block): block is TextBlock => block.kind === 'heading');
  const requirements = sectionsOf(blocks).flatMap((section) => {
    const requirement = readRequirement(file, section, report);
    return requirement === undefined ? [] : [requirement];
  });
  return {
    file,
    title: headings[0]?.source ?? file,
    requirements,
    blocks,
    anchors: anchorsOf(headings.map((heading) => heading.source)),
    findings,
  };
}

interface Section {
  readonly heading: TextBlock;
  readonly id: string;
  readonly title: string;
  readonly body: readonly (TextBlock | FencedBlock)[];
}

/** Sections under a heading that begins like a requirement id, up to the next heading of that or a higher level. */
function sectionsOf(blocks: readonly Block[]): Section[] {
  return blocks.flatMap((heading, index) => {
    if (heading.kind !== 'heading') return [];
    const match = headingPattern.exec(heading.source.trim());
    if (match?.groups?.id === undefined) return [];
    const after = blocks.slice(index + 1);
    const end = after.findIndex((block) => block.kind === 'heading' && block.headingLevel <= heading.headingLevel);
    const body = end < 0 ? after : after.slice(0, end);
    return [{ heading, id: match.groups.id, title: match.groups.title ?? '', body }];
  });
}

type Report = (line: number, rule: SpecRule, message: string) => void;

function readRequirement(file: string, section: Section, report: Report): Requirement | undefined {
  const { heading, id, title } = section;
  const { line } = heading;
  if (heading.headingLevel !== 3 || !requirementIdPattern.test(id) || title === '') {
    report(
      line,
      'requirement-heading',
      `expected "### AREA-001 Title", found "${'#'.repeat(heading.headingLevel)} ${heading.source}"`,
    );
    if (!requirementIdPattern.test(id)) return undefined;
  }
  const level = levelOfArea.get(areaOf(id));
  if (level === undefined) {
    report(line, 'unknown-area', `${id}: no area ${areaOf(id)}; there are ${[...levelOfArea.keys()].join(', ')}`);
  }
  const quotes = section.body.filter((block): block is TextBlock => block.kind === 'quote');
  const [quote] = quotes;
  if (quote === undefined || quotes.length > 1) {
    report(line, 'one-block-quote', `${id} needs one block quote with one paragraph, it has ${quotes.length}`);
  }
  if (quote === undefined) return undefined;
  const keyword = readKeyword(id, quote, report);
  const role = readRole(id, quote, report);
  const fields = readFields(id, section.body, report);
  if (keyword === undefined || role === undefined || level === undefined) return undefined;
  return { id, title, role, keyword, level, sentence: oneLine(quote.source), chapter: file, line, ...fields };
}

function readKeyword(id: string, quote: TextBlock, report: Report): Keyword | undefined {
  const prose = oneLine(quote.prose);
  if (!/[.]$/.test(prose) || /[.!?] +[A-Z`]/.test(prose)) {
    report(quote.line, 'one-sentence', `${id}: the block quote is one sentence that ends with a full stop`);
  }
  const words = [...prose.matchAll(keyWordPattern)].map((match) => match[0]);
  const [word] = words;
  if (words.length === 1 && isKeyword(word)) return word;
  const found = words.length === 0 ? 'none' : words.join(', ');
  report(quote.line, 'one-key-word', `${id}: expected one of ${[...keywords].join(', ')} exactly once, found ${found}`);
  return undefined;
}

function readRole(id: string, quote: TextBlock, report: Report): 'server' | 'client' | undefined {
  const role = /^The (server|client) /.exec(quote.source)?.[1];
  if (role === 'server' || role === 'client') return role;
  report(
    quote.line,
    'subject',
    `${id}: the sentence begins with "The server" or "The client", not "${quote.source.slice(0, 24)}"`,
  );
  return undefined;
}

/** Each field begins a line; the lines after it, up to the next field or the end of the paragraph, belong to it. */
function readFields(id: string, body: Section['body'], report: Report): Partial<Record<Field, string>> {
  const fields: Partial<Record<Field, string>> = {};
  for (const block of body) {
    if (block.kind !== 'text' || !block.topLevel) continue;
    let current: Field | undefined;
    for (const [offset, line] of block.source.split('\n').entries()) {
      const match = fieldPattern.exec(line);
      const field = fieldOfName.get(match?.groups?.name ?? '');
      if (field !== undefined) {
        if (fields[field] !== undefined)
          report(block.line + offset, 'duplicate-field', `${id}: a second "${match?.groups?.name}:"`);
        current = field;
        fields[field] = match?.groups?.text ?? '';
      } else if (current !== undefined) {
        fields[current] = `${fields[current]} ${line.trim()}`;
      }
    }
  }
  return fields;
}

function isKeyword(word: string | undefined): word is Keyword {
  return word !== undefined && keywords.has(word);
}
