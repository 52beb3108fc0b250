/** What changed between two versions of the written spec, requirement by requirement. Pure. */
import type { Requirement } from './requirement.js';

/** A requirement before and after. */
interface Change {
  readonly before: Requirement;
  readonly after: Requirement;
}

/** A requirement may stand in several lists: one that was reworded may have changed its key word too. */
export interface SpecDiff {
  readonly added: readonly Requirement[];
  readonly removed: readonly Requirement[];
  readonly reworded: readonly Change[];
  /** Another key word, level or role. */
  readonly relevelled: readonly Change[];
  readonly retired: readonly Change[];
}

export function diffSpecs(before: readonly Requirement[], after: readonly Requirement[]): SpecDiff {
  const old = new Map(before.map((each) => [each.id, each]));
  const now = new Set(after.map((each) => each.id));
  const changes = after.flatMap((each): Change[] => {
    const other = old.get(each.id);
    return other === undefined ? [] : [{ before: other, after: each }];
  });
  return {
    added: after.filter((each) => !old.has(each.id)),
    removed: before.filter((each) => !now.has(each.id)),
    reworded: changes.filter((change) => change.before.sentence !== change.after.sentence),
    relevelled: changes.filter((change) => movesOf(change).length > 0),
    retired: changes.filter((change) => change.before.retired === undefined && change.after.retired !== undefined),
  };
}

/** The difference as Markdown; `from` and `to` name the two sides. */
export function renderSpecDiff(diff: SpecDiff, from: string, to: string): string {
  const sections = [
    section('Added', diff.added.map(describe)),
    section('Removed', diff.removed.map(describe)),
    section(
      'Reworded',
      diff.reworded.map(({ before, after }) => `**${after.id}**\n  - ${before.sentence}\n  - ${after.sentence}`),
    ),
    section(
      'Re-levelled',
      diff.relevelled.map((change) => `**${change.after.id}** ${movesOf(change).join('; ')}`),
    ),
    section(
      'Retired',
      diff.retired.map(({ after }) => `**${after.id}** ${after.retired ?? ''}`.trimEnd()),
    ),
  ].filter((text) => text !== '');
  const body = sections.length === 0 ? 'No requirement differs.\n' : sections.join('\n');
  return `# Requirements, ${from} → ${to}\n\n${body}`;
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title} (${items.length})\n\n${items.map((item) => `- ${item}\n`).join('')}`;
}

function describe({ id, keyword, level, role, sentence }: Requirement): string {
  return `**${id}** (${keyword}, ${level}, ${role}): ${sentence}`;
}

function movesOf({ before, after }: Change): string[] {
  return (['keyword', 'level', 'role'] as const)
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name === 'keyword' ? 'key word' : name}: ${before[name]} → ${after[name]}`);
}
