/** Makes text from a target safe in HTML, Markdown and XML: it is shown, and never read as markup. */
import { toPrintable } from './printable.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Code points that XML and HTML forbid even as a reference, and that `toPrintable` leaves alone. */
const nonCharacters = /\p{Noncharacter_Code_Point}/gu;

/** One line of characters that XML and HTML allow; what they forbid appears as an escape such as `\u{ffff}`. */
export function toAllowed(text: string): string {
  return toPrintable(text).replace(nonCharacters, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Text for HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return toAllowed(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Text for Markdown, outside of code: every character that could mean something becomes a reference. */
export function escapeMarkdown(text: string): string {
  return toAllowed(text).replace(/[!-+\--.:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A sentence of the spec: what stands between backticks becomes code; `escapeText` is for the rest. */
export function withCode(sentence: string, escapeText: (text: string) => string): string {
  return sentence
    .split('`')
    .map((part, index, parts) => {
      const isCode = index % 2 === 1 && index < parts.length - 1;
      return isCode ? `<code>${escapeText(part)}</code>` : escapeText(part);
    })
    .join('');
}
