/** The work of `conformance list`. */
import { styleFor } from '../report/terminal-style.js';
import { readRequirements } from '../spec/read-spec.js';
import { areaOf } from '../spec/requirement.js';
import type { ListFlags } from './list.js';
import { checkNames, splitNames } from './requirement-names.js';
import { factsOf } from './terminal-facts.js';

/** The text to print. Throws `KitError` (`usage`) for an area that does not exist. */
export function listRequirements(flags: ListFlags): string {
  const all = readRequirements(flags.spec);
  const areas = splitNames(flags.area);
  checkNames('--area', areas, all, flags.role);
  const chosen = all.filter(
    ({ id, role, level, retired }) =>
      retired === undefined &&
      (flags.role === undefined || role === flags.role) &&
      (flags.level === undefined || level === flags.level) &&
      (areas.length === 0 || areas.includes(areaOf(id)) || areas.includes(id)),
  );
  if (flags.json) return `${JSON.stringify(chosen, null, 2)}\n`;
  const facts = factsOf(process.stdout, process.env);
  const { paint } = styleFor({ ...facts, verbose: false });
  const idColumns = Math.max(0, ...chosen.map(({ id }) => id.length));
  const lines = chosen.map(({ id, role, level, keyword, title }) => {
    const facts = `${role}  ${level.padEnd(10)}  ${keyword.padEnd(10)}`;
    return `${paint.bold(id.padEnd(idColumns))}  ${facts}  ${title}`;
  });
  const count = `${chosen.length} of ${all.length} requirements of Resilient SSE ${flags.spec}`;
  return `${[...lines, '', paint.dim(count)].join('\n')}\n`;
}
