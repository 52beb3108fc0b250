/** Reads a JSON document that a user names: bounded, checked by its schema, and complained of in one line. */
import { readFileSync, statSync } from 'node:fs';
import type { SchemaName } from '../../schemas/1.0/documents.js';
import type { SchemaTypes } from '../../schemas/1.0/schema-types.js';
import { isOfSchema, type Violation, validate } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import { toPrintable, truncate } from '../report/printable.js';
import { faultCode } from './exit-codes.js';

/** Columns of what is wrong with a document; a value in it may be of any length. */
const complaintAtMost = 200;

export interface JsonFile<N extends SchemaName> {
  readonly schema: N;
  /** The command, for messages. */
  readonly command: string;
  /** What the file should hold, with an article, such as `a report`. */
  readonly what: string;
  /** How such a file is made. */
  readonly hint: string;
  readonly bytesAtMost: number;
}

/** Throws `KitError` (`usage`). */
export function readJsonFile<N extends SchemaName>(file: string, expected: JsonFile<N>): SchemaTypes[N] {
  const { schema, command, what, hint, bytesAtMost } = expected;
  const name = toPrintable(file);
  let parsed: unknown;
  try {
    const facts = statSync(file);
    if (facts.size > bytesAtMost) {
      throw new KitError('usage', `${command}: "${name}" has ${facts.size} bytes, ${what} has at most ${bytesAtMost}`);
    }
    parsed = parseJson(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const why = whyUnread(cause);
    throw new KitError('usage', `${command}: cannot read ${what} from "${name}" (${why}); ${hint}`, { cause });
  }
  if (isOfSchema(schema, parsed)) return parsed;
  const why = complaintOf(validate(schema, parsed));
  throw new KitError('usage', `${command}: "${name}" is not ${what} of the schema kit/${schema} (${why}); ${hint}`);
}

/** Throws `SyntaxError`, whose message says where, and nothing of the text: it may hold a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const [, position] = /\bposition (\d+)/.exec(String(cause)) ?? [];
    const where = position === undefined ? '' : ` from character ${Number(position) + 1} on`;
    throw new SyntaxError(`it is no JSON${where}`, { cause });
  }
}

/** Why a document cannot be read: what `parseJson` says, or the system's name of the fault. */
export function whyUnread(cause: unknown): string {
  return cause instanceof SyntaxError ? cause.message : faultCode(cause);
}

/** What a schema objects to first. */
export function complaintOf([first]: readonly Violation[]): string {
  const { expected = 'another value', path = '', actual = 'none' } = first ?? {};
  return toPrintable(truncate(`expected ${expected} at ${path === '' ? '/' : path}, got ${actual}`, complaintAtMost));
}
