/** The cookies of a run: sent back to the origin that set them, to the same principal alone, as a browser would. */

/** A target that sets more is not followed further. */
const MOST_COOKIES = 50;
const LONGEST_COOKIE = 4096;

export class CookieJar {
  /** By origin and principal, then by name. */
  readonly #jars = new Map<string, Map<string, string>>();

  /** Takes in the `Set-Cookie` values of an answer. `principal` tells apart whose credentials were sent. */
  take(origin: string, principal: string, setCookies: readonly string[]): void {
    if (setCookies.length === 0) {
      return;
    }
    const key = JSON.stringify([origin, principal]);
    const jar = this.#jars.get(key) ?? new Map<string, string>();
    this.#jars.set(key, jar);
    for (const given of setCookies) {
      const [pair = '', ...attributes] = given.split(';');
      const equals = pair.indexOf('=');
      const name = pair.slice(0, Math.max(equals, 0)).trim();
      if (equals < 1 || pair.length > LONGEST_COOKIE || !/^[\x21-\x7e]+$/.test(name)) {
        continue;
      }
      if (attributes.some(isOver)) {
        jar.delete(name);
      } else if (jar.has(name) || jar.size < MOST_COOKIES) {
        jar.set(name, pair.slice(equals + 1).trim());
      }
    }
  }

  /** The value of `Cookie`; undefined where there is none. Names that the user configured are left to the user. */
  give(origin: string, principal: string, configured = ''): string | undefined {
    const own = configured.split(';').map((pair) => pair.trim());
    const names = new Set(own.map((pair) => pair.split('=')[0]));
    const kept = [...(this.#jars.get(JSON.stringify([origin, principal])) ?? [])];
    const all = [...own.filter((pair) => pair !== ''), ...kept.filter(([name]) => !names.has(name)).map(join)];
    return all.length === 0 ? undefined : all.join('; ');
  }
}

function join([name, value]: readonly [string, string]): string {
  return `${name}=${value}`;
}

function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=').map((part) => part.trim());
  switch (name.toLowerCase()) {
    case 'max-age':
      return /^(-\d+|0+)$/.test(value);
    case 'expires':
      return Date.parse(value) <= Date.now();
    default:
      return false;
  }
}
