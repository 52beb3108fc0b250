/** JSON in one form alone (RFC 8785), so that the same value has the same digest wherever it is computed. */
import { createHash } from 'node:crypto';

/** No white space, members sorted by UTF-16 code units; numbers and strings as ECMAScript writes them. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

/** SHA-256 in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
