/** Makes text safe and measurable for a terminal: what a target sent must never steer the reader's screen. */

/**
 * Control characters (escape sequences begin with one), marks that reorder or hide text, and line or paragraph
 * separators, which a terminal or an editor may act upon.
 */
const unsafe =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

/** One line of visible characters: what is unsafe appears as an escape such as `\x1b` or `\u{202e}`. */
export function toPrintable(text: string): string {
  return text.replace(unsafe, (character) => names[character] ?? escapeOf(character));
}

function escapeOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point < 256 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

/** Characters that take two columns: East Asian wide ones and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const zeroWidth = /\p{Mn}|\p{Me}/u;

/** Columns that one code point takes. */
function columnsOf(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Columns that text without escape sequences takes. */
export function measureColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** Cuts text without escape sequences to at most `columns`, with `…` where something was cut. */
export function truncate(text: string, columns: number): string {
  if (measureColumns(text) <= columns) return text;
  return `${takeColumns(text, columns - 1)}…`;
}

/** Lines of at most `columns`, broken at spaces, and inside a word only where the word is longer than a line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    let rest = word;
    const gap = line === '' ? 0 : 1;
    if (used + gap + measureColumns(rest) <= columns) {
      line += (gap === 1 ? ' ' : '') + rest;
      used += gap + measureColumns(rest);
      continue;
    }
    if (line !== '') lines.push(line);
    while (measureColumns(rest) > columns) {
      const head = takeColumns(rest, columns);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
    used = measureColumns(rest);
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function takeColumns(text: string, columns: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns && taken !== '') break;
    taken += character;
  }
  return taken;
}
