/** Reads the file of a fleet, and makes of each target in it what a run takes. */
import type { Target } from '../../schemas/1.0/types/target.js';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import type { FleetMember } from '../fleet/types.js';
import { KitError } from '../kit-error.js';
import type { RunOptions } from '../run/types.js';
import { flagsOf } from './config-file.js';
import { complaintOf, readJsonFile } from './json-file.js';
import { type RunFlags, readRunOptions, usualRunFlags } from './run-options.js';

const fleetBytesAtMost = 16 * 1024 * 1024;

/** Files that stand beside the reports, and would be overwritten by a member of this name. */
const taken = ['index'];

/** In the order of the file. Throws `KitError` (`usage`). */
export function readFleetFile(file: string): readonly FleetMember[] {
  const { targets } = readJsonFile(file, {
    schema: 'fleet',
    command: 'fleet',
    what: 'a fleet',
    hint: 'see docs/guides/certify-a-fleet.md',
    bytesAtMost: fleetBytesAtMost,
  });
  const members = Object.entries(targets).map(([name, target]) => ({ name, target: checkTarget(name, target) }));
  refuseTwice(members);
  return members;
}

function checkTarget(name: string, target: unknown): Target {
  if (isOfSchema('target', target)) return target;
  throw new KitError(
    'usage',
    `target "${name}" is not of the schema kit/target: ${complaintOf(validate('target', target))}`,
  );
}

/** Some file systems do not tell `A` from `a`. */
function refuseTwice(members: readonly FleetMember[]): void {
  const seen = new Set(taken);
  for (const { name } of members) {
    const lower = name.toLowerCase();
    if (taken.includes(lower))
      throw new KitError('usage', `no target can be called "${name}": its report would be the index`);
    if (seen.has(lower))
      throw new KitError(
        'usage',
        `two targets are called "${name}", but for capitals: their reports would be one file`,
      );
    seen.add(lower);
  }
}

/** A member ready to be graded. `folder` is where its relative paths begin. Throws `KitError` (`usage`), with its name. */
export function memberOptions(
  { name, target }: FleetMember,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly options: RunOptions; readonly baseline: string | undefined } {
  try {
    if (target.tolerances !== undefined) {
      throw new KitError('usage', 'tolerances hold for a whole process; grade it with conformance run --config');
    }
    const said = Object.entries(flagsOf(target, folder)).filter(([, value]) => value !== undefined);
    const flags: RunFlags = { ...usualRunFlags, ...Object.fromEntries(said) };
    return { options: readRunOptions(flags, environment), baseline: flags.baseline };
  } catch (cause) {
    if (!(cause instanceof KitError)) throw cause;
    throw new KitError(cause.code, `target "${name}": ${cause.message}`, { cause });
  }
}
