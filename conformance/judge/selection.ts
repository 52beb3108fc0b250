/** Which requirements a run is about: ids (`HEARTBEAT-002`) or areas (`HEARTBEAT`). */
import { KitError } from '../kit-error.js';
import { areaOf, type Requirement } from '../spec/requirement.js';

/**
 * The requirements of a role, narrowed to `only` where it names any; retired ones are left out. Throws `KitError`
 * (`usage`) for an id or area that the role does not have.
 */
export function selectRequirements(
  all: readonly Requirement[],
  role: Requirement['role'],
  only: readonly string[],
): readonly Requirement[] {
  const own = all.filter((requirement) => requirement.role === role && requirement.retired === undefined);
  for (const name of only) {
    if (!own.some((requirement) => isNamed(requirement, name))) {
      throw new KitError('usage', `expected the id or area of a requirement on a ${role}, got "${name}": see \`list\``);
    }
  }
  return only.length === 0 ? own : own.filter((requirement) => only.some((name) => isNamed(requirement, name)));
}

function isNamed(requirement: Requirement, name: string): boolean {
  return requirement.id === name || areaOf(requirement.id) === name;
}
