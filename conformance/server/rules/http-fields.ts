/** Values of header fields, read by the grammar of HTTP. */

/** Members of a comma-separated field, lower case, quoted strings left whole. */
export function tokensOf(value: string): readonly string[] {
  const members = value.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return members.map((member) => member.trim().toLowerCase()).filter((member) => member !== '');
}

/** Essence of a media type: lower case, without parameters. */
export function essenceOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase();
}

/** True for decimal seconds with at most three decimals, from 0.05 to 86400. */
export function isSeconds(value: string): boolean {
  const seconds = Number(value);
  return /^[0-9]+(\.[0-9]{1,3})?$/.test(value) && seconds >= 0.05 && seconds <= 86_400;
}

/** True for the two forms of `Retry-After`: whole seconds, or a date of HTTP. */
export function isRetryAfter(value: string): boolean {
  const isDate = /^[A-Z][a-z]+,? .*[0-9]{2}:[0-9]{2}:[0-9]{2}/.test(value);
  return /^[0-9]+$/.test(value) || (isDate && !Number.isNaN(Date.parse(value)));
}

/** True where every member of the field is `wanted`: an intermediary may have repeated it. */
export function saysOnly(value: string | undefined, wanted: string): boolean {
  const members = value === undefined ? [] : tokensOf(value);
  return members.length > 0 && members.every((member) => member === wanted);
}
