/** Reads a JSON document that a user names: bounded, checked by its schema, and complained of in one line. */
import { readFileSync, statSync } from 'node:fs';
import type { SchemaName } from '../../schemas/1.0/documents.js';
import type { SchemaTypes } from '../../schemas/1.0/schema-types.js';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { faultCode } from './exit-codes.js';

/** Characters of what is wrong with a document; a value in it may be of any length. */
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
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const why = cause instanceof SyntaxError ? 'it is no JSON' : faultCode(cause);
    throw new KitError('usage', `${command}: cannot read ${what} from "${name}" (${why}); ${hint}`, { cause });
  }
  if (isOfSchema(schema, parsed)) return parsed;
  const [first] = validate(schema, parsed);
  const at = first?.path === '' ? 'the whole' : (first?.path ?? 'somewhere');
  const why = toPrintable(`${at}: expected ${first?.expected}, got ${first?.actual}`.slice(0, complaintAtMost));
  throw new KitError('usage', `${command}: "${name}" is not ${what} of the schema kit/${schema} (${why}); ${hint}`);
}
