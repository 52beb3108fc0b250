/** The part of the lint that follows names: requirement ids, links to files, anchors. Pure. */
import type { SpecFinding } from './finding.js';
import { type Block, countLineEnds, textBlocks } from './markdown-blocks.js';
import type { Chapter } from './parse-chapter.js';
import { areaOf, levelOfArea } from './requirement.js';

/** Whether a path, relative to the folder of the spec, exists. */
export type Exists = (path: string) => boolean;

/** Names that have the form of a requirement id and are none. */
const otherNames: ReadonlySet<string> = new Set(['SHA', 'AES']);

export function referenceFindings(chapters: readonly Chapter[]): SpecFinding[] {
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
export function mentionsIn(block: Block): { id: string; line: number }[] {
  const text = block.kind === 'fence' ? block.info : block.source;
  return [...text.matchAll(/(?<![\w-])[A-Z]{2,16}-\d{3}(?![\w-])/g)].map((match) => ({
    id: match[0],
    line: block.line + countLineEnds(text.slice(0, match.index)),
  }));
}

export function linkFindings(chapters: readonly Chapter[], exists: Exists | undefined): SpecFinding[] {
  const chapterOf = new Map(chapters.map((chapter) => [chapter.file, chapter]));
  return chapters.flatMap((chapter) =>
    textBlocks(chapter.blocks).flatMap((block) =>
      block.links.flatMap((href): SpecFinding[] => {
        const fault = linkFault(href, chapter, chapterOf, exists);
        return fault === undefined ? [] : [{ file: chapter.file, line: block.line, ...fault }];
      }),
    ),
  );
}

function linkFault(
  href: string,
  from: Chapter,
  chapterOf: ReadonlyMap<string, Chapter>,
  exists: Exists | undefined,
): Pick<SpecFinding, 'rule' | 'message'> | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) return undefined;
  const [path = '', fragment] = href.split('#', 2).map(decode);
  const target = path === '' ? from : chapterOf.get(path.replace(/^\.\//, ''));
  if (target === undefined) {
    return exists === undefined || exists(path) ? undefined : { rule: 'dead-link', message: `no file ${path}` };
  }
  if (fragment === undefined || target.anchors.has(fragment)) return undefined;
  return { rule: 'dead-anchor', message: `no heading #${fragment} in ${target.file}` };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
