/** What is said of a fleet, in the same words everywhere. */
import type { FleetIndex, FleetTarget } from '../../schemas/1.0/types/fleet-index.js';

const words: Readonly<Record<FleetTarget['exitCode'], string>> = {
  0: 'conforms',
  1: 'does not conform',
  2: 'cannot be asked so',
  3: 'not graded',
  4: 'unreachable',
  130: 'interrupted',
};

export function wordOfTarget({ exitCode }: Pick<FleetTarget, 'exitCode'>): string {
  return words[exitCode];
}

/** Of the failed ids, so many are named; the report has them all. */
const mostNamed = 6;

/** What a reader wants to know first: the failures, else what was not seen, else how much was right. */
export function detailOf({ problem, failed = [], unobserved = [], pass = 0 }: FleetTarget): string {
  if (problem !== undefined) return problem;
  if (failed.length > 0) return `failed: ${nameSome(failed)}`;
  const passed = `${pass} passed`;
  return unobserved.length === 0 ? passed : `${passed}, not observed: ${nameSome(unobserved)}`;
}

function nameSome(ids: readonly string[]): string {
  const more = ids.length - mostNamed;
  return ids.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `12 servers: 10 conform, 1 does not, 1 is unreachable.` */
export function conclusionOfFleet({ targets }: Pick<FleetIndex, 'targets'>): string {
  const count = (code: FleetTarget['exitCode']): number => targets.filter(({ exitCode }) => exitCode === code).length;
  const parts = [
    say(count(0), 'conforms', 'conform'),
    say(count(1), 'does not', 'do not'),
    say(count(2), 'cannot be asked so', 'cannot be asked so'),
    say(count(3), 'was not graded', 'were not graded'),
    say(count(4), 'is unreachable', 'are unreachable'),
    say(count(130), 'was interrupted', 'were interrupted'),
  ].filter((part) => part !== '');
  return `${targets.length} ${targets.length === 1 ? 'server' : 'servers'}: ${parts.join(', ')}.`;
}

function say(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
