/** Reads `--profile`: a name, a file or JSON itself. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Faults } from '../../schemas/1.0/types/faults.js';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { findProfile, profiles } from '../faults/profiles.js';
import { KitError } from '../kit-error.js';
import { toPrintable, truncate, wrap } from '../report/printable.js';
import { complaintOf, parseJson, whyUnread } from './json-file.js';

const COLUMNS = 80;
const FILE_BYTES = 1024 * 1024;

/** The seed that is taken where nobody gives one is a whole number of 32 bits, too. */
export function readSeed(value: string): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) > 0xffff_ffff) {
    throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
  }
  return Number(value);
}

/** Throws `KitError` (`usage`) with what was expected. */
export function readProfile(given: string): Faults {
  const named = given === 'none' ? {} : findProfile(given);
  if (named !== undefined) {
    return named;
  }
  const isJson = given.trimStart().startsWith('{');
  const shown = isJson ? 'the JSON' : `"${toPrintable(truncate(given, COLUMNS))}"`;
  if (!isJson && !existsSync(given)) {
    throw new KitError(
      'usage',
      `--profile: expected one of ${Object.keys(profiles).join(', ')}, a file or JSON, got ${shown}`,
    );
  }
  const value = parse(isJson ? given : read(given, shown), shown);
  if (!isOfSchema('faults', value)) {
    const why = complaintOf(validate('faults', value));
    throw new KitError('usage', `--profile: ${shown} is not of the schema kit/faults: ${why}`);
  }
  return value;
}

/** For `--list`. */
export function describeProfiles(): string {
  const nameColumns = Math.max(...Object.keys(profiles).map(({ length }) => length)) + 2;
  const lines = Object.entries<Faults>(profiles).flatMap(([name, { description = '' }]) =>
    wrap(description, COLUMNS - nameColumns).map(
      (line, index) => `${(index === 0 ? name : '').padEnd(nameColumns)}${line}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

function read(file: string, shown: string): string {
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES)
      throw new KitError('usage', `--profile: expected a file of 1 MiB at most, ${shown} has more`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    throw new KitError('usage', `--profile: cannot read ${shown} (${whyUnread(cause)})`, { cause });
  }
}

function parse(text: string, shown: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new KitError('usage', `--profile: cannot read ${shown} (${whyUnread(cause)})`, { cause });
  }
}
