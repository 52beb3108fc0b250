/** The lint of the written spec: what a reader, the parser or a link checker would stumble over. Pure. */
import type { SpecFinding, SpecRule } from './finding.js';
import type { Block, TextBlock } from './markdown-blocks.js';
import { type Chapter, keyWordPattern } from './parse-chapter.js';
import { areaOf, levelOfArea, numberOf, type Requirement } from './requirement.js';

export interface LintOptions {
  /** The committed index: ids that may not vanish or change key word, level or role unless the change log names them. */
  readonly frozen?: readonly Requirement[];
  /** Whether a path, relative to the folder of the spec, exists; without it links to other files are not looked at. */
  readonly exists?: (path: string) => boolean;
  /** Ids that have a rule; where given, a testable requirement without one is a finding. */
  readonly ruled?: ReadonlySet<string>;
}

/** The chapter that may name a frozen id and so set it free. */
export const changeLogChapter = '98-changelog.md';

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
  ];
  return findings.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** Key words in capitals stand in the sentences of requirements alone; a block that quotes BCP 14 is excepted. */
function strayKeyWords(chapter: Chapter): SpecFinding[] {
  const sentences = new Set(chapter.requirements.map((requirement) => requirement.sentence));
  return textBlocks(chapter).flatMap((block) => {
    if (sentences.has(oneLine(block.source)) || block.prose.includes('BCP 14')) return [];
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
    let last = new Map<string, number>();
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
      last = last.set(area, Math.max(previous, numberOf(id)));
    }
  }
  return findings;
}

/** Names that have the form of a requirement id and are none. */
const otherNames: ReadonlySet<string> = new Set(['SHA', 'AES']);

function referenceFindings(chapters: readonly Chapter[]): SpecFinding[] {
  const known = new Set(chapters.flatMap((chapter) => chapter.requirements.map((requirement) => requirement.id)));
  for (const chapter of chapters) for (const anchor of chapter.anchors) known.add(anchor);
  return chapters.flatMap((chapter) =>
    chapter.blocks.flatMap((block) =>
      mentionsIn(block)
        .filter(({ id }) => !known.has(id) && !otherNames.has(areaOf(id)))
        .map(({ id, line }) => ({
          file: chapter.file,
          line,
          rule: 'unknown-reference' as const,
          message: levelOfArea.has(areaOf(id))
            ? `no requirement ${id}`
            : `no requirement ${id} and no area ${areaOf(id)}`,
        })),
    ),
  );
}

/** Ids that a block names, code spans and info strings included. */
function mentionsIn(block: Block): { id: string; line: number }[] {
  const text = block.kind === 'fence' ? block.info : block.source;
  return [...text.matchAll(/(?<![\w-])[A-Z]{2,16}-\d{3}(?![\w-])/g)].map((match) => ({
    id: match[0],
    line: block.line + countLineEnds(text.slice(0, match.index)),
  }));
}

function linkFindings(chapters: readonly Chapter[], exists: LintOptions['exists']): SpecFinding[] {
  const chapterOf = new Map(chapters.map((chapter) => [chapter.file, chapter]));
  return chapters.flatMap(({ file, blocks, anchors }) =>
    blocks.flatMap((block) =>
      (block.kind === 'fence' ? [] : block.links).flatMap((href): SpecFinding[] => {
        if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) return [];
        const [path = '', fragment] = href.split('#', 2).map(decode);
        const target = path === '' ? { anchors } : chapterOf.get(path.replace(/^\.\//, ''));
        if (target === undefined && exists !== undefined && !exists(path)) {
          return [{ file, line: block.line, rule: 'dead-link', message: `no file ${path}` }];
        }
        if (fragment === undefined || target === undefined || target.anchors.has(fragment)) return [];
        return [
          {
            file,
            line: block.line,
            rule: 'dead-anchor',
            message: `no heading #${fragment} in ${path === '' ? file : path}`,
          },
        ];
      }),
    ),
  );
}

function frozenFindings(chapters: readonly Chapter[], frozen: readonly Requirement[]): SpecFinding[] {
  const changeLog = chapters.find((chapter) => chapter.file === changeLogChapter);
  const named = new Set(changeLog?.blocks.flatMap((block) => mentionsIn(block).map(({ id }) => id)) ?? []);
  const now = new Map(chapters.flatMap((chapter) => chapter.requirements.map((each) => [each.id, each] as const)));
  return frozen.flatMap((before): SpecFinding[] => {
    if (named.has(before.id)) return [];
    const after = now.get(before.id);
    const free = `restore it, or name ${before.id} in ${changeLogChapter}`;
    if (after === undefined) {
      return [{ file: before.chapter, line: before.line, rule: 'frozen-id', message: `${before.id} is gone: ${free}` }];
    }
    const changed = (rule: SpecRule, what: string, old: string, now: string): SpecFinding[] =>
      old === now
        ? []
        : [
            {
              file: after.chapter,
              line: after.line,
              rule,
              message: `${before.id}: ${what} ${old} is now ${now}: ${free}`,
            },
          ];
    return [
      ...changed('frozen-key-word', 'key word', before.keyword, after.keyword),
      ...changed('frozen-level', 'level', before.level, after.level),
      ...changed('frozen-role', 'role', before.role, after.role),
    ];
  });
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

function textBlocks(chapter: Chapter): TextBlock[] {
  return chapter.blocks.filter((block): block is TextBlock => block.kind !== 'fence');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

function countLineEnds(text: string): number {
  return text.split('\n').length - 1;
}
