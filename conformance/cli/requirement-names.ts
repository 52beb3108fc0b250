/** Checks names of requirements that a user gave: ids such as `HEARTBEAT-001` and areas such as `HEARTBEAT`. */
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { areaOf, type Requirement } from '../spec/requirement.js';

/** Splits comma lists and brings names into the form of the spec. */
export function splitNames(given: readonly string[]): string[] {
  return given
    .flatMap((text) => text.split(','))
    .map((name) => name.trim().toUpperCase())
    .filter((name) => name !== '');
}

/** Areas are spelled out: whoever accepts `OPS` today accepts its requirements of today. */
export function expandAreas(names: readonly string[], all: readonly Requirement[]): string[] {
  return all.map(({ id }) => id).filter((id) => names.includes(id) || names.includes(areaOf(id)));
}

/** Throws `KitError` (`usage`) for a name that no requirement of the role has, and says which one comes nearest. */
export function checkNames(
  option: string,
  names: readonly string[],
  all: readonly Requirement[],
  role?: Requirement['role'],
): void {
  const namesOf = (requirements: readonly Requirement[]) => new Set(requirements.flatMap(({ id }) => [id, areaOf(id)]));
  const known = namesOf(all.filter((requirement) => role === undefined || requirement.role === role));
  for (const name of names) {
    if (known.has(name)) continue;
    const wanted = `${option}: expected the id or area of a requirement${role === undefined ? '' : ` on a ${role}`}`;
    if (namesOf(all).has(name)) {
      throw new KitError(
        'usage',
        `${wanted}, got ${name}, which is about the ${role === 'server' ? 'client' : 'server'}`,
      );
    }
    const nearest = findNearest(name, [...known]);
    const hint = nearest === undefined ? 'conformance list shows all' : `did you mean ${nearest}?`;
    throw new KitError('usage', `${wanted}, got "${toPrintable(name.slice(0, 40))}"; ${hint}`);
  }
}

/** The candidate that takes the fewest edits, where fewer than half of the letters need one. */
export function findNearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > 40) return undefined;
  let best: string | undefined;
  let fewest = Math.ceil(name.length / 2);
  for (const candidate of candidates) {
    const edits = countEdits(name, candidate);
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
