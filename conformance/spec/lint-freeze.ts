/** The part of the lint that keeps ids for ever: none vanishes or changes unless the change log names it. Pure. */
import type { SpecFinding, SpecRule } from './finding.js';
import { mentionsIn } from './lint-references.js';
import type { Chapter } from './parse-chapter.js';
import type { Requirement } from './requirement.js';

/** The chapter that may name a frozen id and so set it free. */
const changeLogChapter = '98-changelog.md';

export function frozenFindings(chapters: readonly Chapter[], frozen: readonly Requirement[]): SpecFinding[] {
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
