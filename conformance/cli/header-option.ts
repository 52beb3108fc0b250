/** Reads `--header 'Name: value'`: the value is a secret and stands in no message, report or transcript. */
import { readFileSync } from 'node:fs';
import type { Header } from '../evidence/types.js';
import { KitError } from '../kit-error.js';
import { faultCode } from './exit-codes.js';

/** The token of RFC 9110, section 5.6.2. */
const namePattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters, blanks and obs-text of RFC 9110, section 5.5. */
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What the kit itself must decide, or no conformance could be shown. */
const kitsOwn: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'last-event-id',
  'transfer-encoding',
  'x-trace-id',
  'traceparent',
]);

/**
 * `Name: value`, where a value that begins with `@` is read from that file and `$NAME` or `${NAME}` is taken from the
 * environment (`$$` is a dollar). Throws `KitError` (`usage`).
 */
export function readHeader(given: string, environment: Readonly<Record<string, string | undefined>>): Header {
  const colon = given.indexOf(':');
  const name = given.slice(0, Math.max(colon, 0)).trim();
  if (colon < 1 || !namePattern.test(name)) {
    throw new KitError('usage', "--header: expected 'Name: value' with a header name before the colon, got none");
  }
  if (kitsOwn.has(name.toLowerCase())) {
    throw new KitError('usage', `--header: ${name} is set by the kit itself, which tests it; leave it out`);
  }
  const value = readValue(name, given.slice(colon + 1).trim(), environment);
  if (value === '' || !valuePattern.test(value)) {
    const found = value === '' ? 'an empty one' : 'one with a line break or another character that no header may hold';
    throw new KitError('usage', `--header ${name}: expected a value, got ${found}`);
  }
  return [name, value];
}

function readValue(name: string, given: string, environment: Readonly<Record<string, string | undefined>>): string {
  if (given.startsWith('@')) return readSecretFile(name, given.slice(1));
  return given.replaceAll(/\$(?:\$|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (found, braced?: string, bare?: string) => {
    if (found === '$$') return '$';
    const variable = braced ?? bare ?? '';
    const value = environment[variable];
    if (value === undefined) {
      throw new KitError(
        'usage',
        `--header ${name}: the environment variable ${variable} is not set; set it, or write $$ for a dollar`,
      );
    }
    return value;
  });
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new KitError('usage', `--header ${name}: cannot read the file "${file}" (${faultCode(cause)})`, { cause });
  }
}
