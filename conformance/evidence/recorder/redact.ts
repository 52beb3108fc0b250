/** Keeps secrets out of transcripts: configured header values, the parts of credentials, user information in URLs. */
import type { Header } from '../types.js';

export const REDACTED = 'REDACTED';

/** A shorter part of a value is too common to be searched for in what the target sends. */
const SEARCHED_LENGTH = 8;

export interface Redactor {
  /** Configured headers lose their value, the rest every secret in it. */
  headers(headers: readonly Header[]): readonly Header[];
  url(url: string): string;
  text(text: string): string;
  /**
   * Masks secrets that the target sent back, over chunk borders too; lengths and offsets stay. Returns the same array
   * where nothing was found.
   */
  chunks(chunks: readonly Buffer[]): readonly Buffer[];
  /** True where there is anything to search for. */
  readonly searches: boolean;
}

/** `secretHeaders` are the headers that the user configured, of every principal; `urls` may hold user information. */
export function createRedactor(secretHeaders: readonly Header[], urls: readonly string[] = []): Redactor {
  const names = new Set(secretHeaders.map(([name]) => name.toLowerCase()));
  const values = [...secretHeaders.map(([, value]) => value), ...urls.flatMap(passwordsOf)];
  const secrets = [...new Set(values.flatMap(partsOf))].sort((one, other) => other.length - one.length);
  const text = (input: string): string =>
    secrets.reduce((masked, secret) => masked.replaceAll(secret, REDACTED), input);
  return {
    searches: secrets.length > 0,
    headers: (headers) =>
      headers.map(([name, value]) => [name, names.has(name.toLowerCase()) ? REDACTED : text(value)] as const),
    url: (url) => text(withoutUserInfo(url)),
    text,
    chunks: (chunks) => maskChunks(chunks, secrets),
  };
}

/** `http://user:secret@host/` without what stands before the `@`. */
export function withoutUserInfo(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${REDACTED}@`);
}

function passwordsOf(url: string): string[] {
  const password = URL.canParse(url) ? new URL(url).password : '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** The value itself and the parts of a credential: `Bearer x` → x, `a=x; b=y` → x, y. */
function partsOf(value: string): string[] {
  const parts = value.split(/[\s;,]+/).flatMap((part) => [part, part.slice(part.indexOf('=') + 1)]);
  return [value, ...parts].filter((part) => part.length >= SEARCHED_LENGTH);
}

function maskChunks(chunks: readonly Buffer[], secrets: readonly string[]): readonly Buffer[] {
  const whole = Buffer.concat(chunks);
  let found = false;
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    for (let at = whole.indexOf(bytes); at !== -1; at = whole.indexOf(bytes, at + bytes.length)) {
      whole.fill('*', at, at + bytes.length);
      found = true;
    }
  }
  if (!found) {
    return chunks;
  }
  let offset = 0;
  return chunks.map((chunk) => {
    const masked = whole.subarray(offset, offset + chunk.length);
    offset += chunk.length;
    return masked;
  });
}
