/** How many random bits ids can hold at most, judged by a few of them: a bound from above, never an estimate. */

export interface EntropyBound {
  readonly bits: number;
  /** What limits them, for a finding. */
  readonly reason: string;
}

const UUID = /(?:^|[._~-])[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Random bits of a UUID by its version (RFC 9562); others are hashes or of a vendor's making. */
const UUID_BITS: Readonly<Record<string, number>> = { '1': 62, '4': 122, '6': 62, '7': 74 };

/** Alphabets in common use, smallest first. */
const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]*$/, 10],
  [/^[0-9a-f]*$/, 16],
  [/^[0-9A-F]*$/, 16],
  [/^[0-9a-z]*$/, 36],
  [/^[0-9A-Z]*$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
];

/** Characters that a stream id may hold at all. */
const WIDEST_ALPHABET = 66;

/** Undefined where there is no id, or the form of the ids tells nothing. */
export function entropyBoundOf(ids: readonly string[]): EntropyBound | undefined {
  if (ids.length === 0) {
    return undefined;
  }
  const versions = new Set(ids.map((id) => UUID.exec(id)?.[1]));
  const [version] = versions;
  if (versions.size === 1 && version !== undefined) {
    const bits = UUID_BITS[version];
    return bits === undefined ? undefined : { bits, reason: `UUIDs of version ${version}` };
  }
  const varying = withoutSeparators(ids.length > 1 ? varyingParts(ids) : ids);
  const size = ALPHABETS.find(([pattern]) => varying.every((part) => pattern.test(part)))?.[1] ?? WIDEST_ALPHABET;
  const length = Math.max(...varying.map((part) => part.length));
  return { bits: length * Math.log2(size), reason: `${length} characters vary, of an alphabet of ${size}` };
}

/** The ids without the beginning and the end that all share: a prefix, a counter's high digits, a time. */
function varyingParts(ids: readonly string[]): readonly string[] {
  const prefix = sharedLength(ids);
  const rest = ids.map((id) => id.slice(prefix));
  const suffix = sharedLength(rest.map((id) => [...id].reverse().join('')));
  return rest.map((id) => id.slice(0, id.length - suffix));
}

/** Length of the common beginning; 0 where so short a one may be chance (more than 1 in 1,000,000 for digits). */
function sharedLength(ids: readonly string[]): number {
  const [first = ''] = ids;
  let length = 0;
  while (length < first.length && ids.every((id) => id[length] === first[length])) {
    length += 1;
  }
  return length * (ids.length - 1) >= 6 ? length : 0;
}

/** Without the characters that stand at the same places in all of them and only separate, as in a UUID. */
function withoutSeparators(parts: readonly string[]): readonly string[] {
  const places = parts.map((part) => [...part.matchAll(/[._~-]/g)].map(({ index }) => index).join());
  return new Set(places).size === 1 ? parts.map((part) => part.replace(/[._~-]/g, '')) : parts;
}
