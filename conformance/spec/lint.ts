/** The lint of the written spec: what a reader, the parser or a link checker would stumble over. Pure. */
import type { SpecFinding, SpecRule } from './finding.js';
import { frozenFindings } from './lint-freeze.js';
import { type Exists, linkFindings, referenceFindings } from './lint-references.js';
import { countLineEnds, type FencedBlock, oneLine, textBlocks } from './markdown-blocks.js';
import { type Chapter, keyWordPattern } from './parse-chapter.js';
import { areaOf, numberOf, type Requirement } from './requirement.js';

export interface LintOptions {
  /** The committed index: ids that may not vanish or change key word, level or role unless the change log names them. */
  readonly frozen?: readonly Requirement[];
  /** Without it links to files other than chapters are not looked at. */
  readonly exists?: Exists;
  /** Ids that have a rule; where given, a testable requirement without one is a finding. */
  readonly ruled?: ReadonlySet<string>;
  /** Says in one line what is wrong with an example (a fenced block); undefined where nothing is. */
  readonly checkExample?: (example: FencedBlock) => string | undefined;
}

/** All findings, in the order of files and lines. */
export function lintSpec(chapters: readonly Chapter[], options: LintOptions = {}): SpecFinding[] {
  const findings = [
    ...chapters.flatMap((chapter) => chapter.findings),
    ...chapters.flatMap(strayKeyWords),
    ...idFindings(chapters),
    ...referenceFindings(chapters),
    ...linkFindings(chapters, options.exists),
    ...(options.frozen === undefined ? [] : frozenFindings(chapters, options.frozen)),
    ...(options.ruled === undefined ? [] : ruleFindings(chapters, options.ruled)),
    ...(options.checkExample === undefined ? [] : exampleFindings(chapters, options.checkExample)),
  ];
  return findings.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** Key words in capitals stand in the sentences of requirements alone; a block that quotes BCP 14 is excepted. */
function strayKeyWords(chapter: Chapter): SpecFinding[] {
  const sentences = new Set(chapter.requirements.map((requirement) => requirement.sentence));
  return textBlocks(chapter.blocks).flatMap((block) => {
    if (block.prose.includes('BCP 14')) return [];
    if (block.kind === 'quote' && sentences.has(oneLine(block.source))) return [];
    if (block.kind === 'quote' && chapter.findings.some((finding) => finding.line === block.line)) return [];
    return [...block.prose.matchAll(keyWordPattern)].map((match) => ({
      file: chapter.file,
      line: block.line + countLineEnds(block.prose.slice(0, match.index)),
      rule: 'stray-key-word' as const,
      message: `"${match[0]}" in capitals outside the sentence of a requirement: write it small or in backticks`,
    }));
  });
}

function idFindings(chapters: readonly Chapter[]): SpecFinding[] {
  const findings: SpecFinding[] = [];
  const first = new Map<string, string>();
  const chapterOfArea = new Map<string, string>();
  for (const { file, requirements } of chapters) {
    const last = new Map<string, number>();
    for (const { id, line } of requirements) {
      const area = areaOf(id);
      const report = (rule: SpecRule, message: string): number => findings.push({ file, line, rule, message });
      const before = first.get(id);
      if (before !== undefined) report('unique-id', `${id} stands already at ${before}; an id is used once, for ever`);
      const home = chapterOfArea.get(area) ?? file;
      if (home !== file) report('one-area', `${id}: the area ${area} has its chapter in ${home}`);
      const previous = last.get(area) ?? 0;
      if (before === undefined && numberOf(id) <= previous) {
        report(
          'ascending-ids',
          `${id} stands after ${area}-${String(previous).padStart(3, '0')}; ids ascend within a chapter`,
        );
      }
      first.set(id, before ?? `${file}:${line}`);
      chapterOfArea.set(area, home);
      last.set(area, Math.max(previous, numberOf(id)));
    }
  }
  return findings;
}

function ruleFindings(chapters: readonly Chapter[], ruled: ReadonlySet<string>): SpecFinding[] {
  return chapters.flatMap((chapter) =>
    chapter.requirements
      .filter((each) => each.notTestable === undefined && each.retired === undefined && !ruled.has(each.id))
      .map(({ id, line }) => ({
        file: chapter.file,
        line,
        rule: 'rule-or-reason' as const,
        message: `${id} has neither a rule nor a "Not testable:" reason`,
      })),
  );
}

function exampleFindings(
  chapters: readonly Chapter[],
  check: (example: FencedBlock) => string | undefined,
): SpecFinding[] {
  return chapters.flatMap(({ file, blocks }) =>
    blocks.flatMap((block): SpecFinding[] => {
      const message = block.kind === 'fence' ? check(block) : undefined;
      return message === undefined ? [] : [{ file, line: block.line, rule: 'example', message }];
    }),
  );
}
