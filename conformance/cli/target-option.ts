/** Checks URLs that a user gave, without ever repeating the parts of them that may be secret. */
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import type { OccasionName } from '../server/scenarios/scenario.js';

const exampleUrl = 'http://127.0.0.1:8080/stream/search?query=tides';

/** The URL as given, for `{stream_id}` must stay as it is. Throws `KitError` (`usage`). */
export function checkUrl(option: string, given: string): string {
  if (given.trim() === '') {
    throw new KitError('usage', `${option}: expected a URL such as ${exampleUrl}, got an empty one`);
  }
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    const hint = parsed === undefined || parsed.host === '' ? '; write http:// or https:// before the host' : '';
    throw new KitError(
      'usage',
      `${option}: expected an http:// or https:// URL, got "${withoutSecrets(given)}"${hint}`,
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new KitError(
      'usage',
      `${option}: expected a URL without a user name or password; give them with --header 'Authorization: …'`,
    );
  }
  if (parsed.hash !== '') {
    throw new KitError('usage', `${option}: expected a URL without "#…", which is never sent; leave it out`);
  }
  return given;
}

/** Occasions that an option may name; the target's own URL is the occasion `stream`. */
const occasionNames = [
  'cap',
  'error',
  'evicted',
  'long',
  'flood',
  'create',
  'conflict',
  'limit',
  'injection',
  'shutdown',
] as const satisfies readonly OccasionName[];

/** `name=URL`. Throws `KitError` (`usage`). */
export function readOccasion(given: string): readonly [OccasionName, string] {
  const equals = given.indexOf('=');
  const said = given.slice(0, equals < 0 ? undefined : equals);
  const name = occasionNames.find((known) => known === said);
  if (equals < 0 || name === undefined) {
    throw new KitError(
      'usage',
      `--occasion: expected name=URL with one of the names ${occasionNames.join(', ')}, got "${toPrintable(said.slice(0, 40))}"`,
    );
  }
  return [name, checkUrl(`--occasion ${name}`, given.slice(equals + 1))];
}

/** Scheme, host and path at most: user names, passwords and query strings may be secret. */
export function withoutSecrets(given: string): string {
  const shown = given.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//');
  return toPrintable(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}
