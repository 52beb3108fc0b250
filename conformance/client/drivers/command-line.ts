/** From the text of `--client` to a program and its arguments. */
import { KitError } from '../../kit-error.js';

export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
}

/** What a shell would act on outside of quotes, and inside of double ones: only then is one used. */
const ACTED_ON = /[|&;<>$`*?()~#!\n]|^\s*\w+=/;
const ACTED_ON_IN_QUOTES = /[$`]/;

const QUOTED = /'[^']*'|"((?:[^"\\]|\\.)*)"|\\./g;

/** A word: bare, or with parts in single or double quotes, or escaped characters. */
const WORD = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g;

const PLACEHOLDER = '{url}';

/** A quoted part, or the placeholder outside of one. */
const PLACED = /'[^']*'|"(?:[^"\\]|\\.)*"|\{url\}/g;

/**
 * `{url}` is replaced in every word. Throws `KitError` (`usage`) for an empty command and for quotes that never end.
 */
export function readCommand(command: string): (url: string) => Invocation {
  if (command.trim() === '') {
    throw new KitError('usage', '--client: expected a command such as "python3 client.py", got an empty one');
  }
  const rest = command.replace(WORD, '').trim();
  if (rest !== '') {
    throw new KitError('usage', `--client: expected quotes that end, got ${JSON.stringify(command.slice(0, 200))}`);
  }
  if (needsShell(command)) {
    return (url) => ({ file: '/bin/sh', args: ['-c', command.replace(PLACED, (part) => placed(part, url))] });
  }
  const words = (command.match(WORD) ?? []).map(unquoted);
  return (url) => {
    const [file = '', ...args] = words.map((word) => word.replaceAll(PLACEHOLDER, url));
    return { file, args };
  };
}

function needsShell(command: string): boolean {
  const quotes = [...command.matchAll(QUOTED)].map(([, inner]) => inner ?? '');
  return ACTED_ON.test(command.replace(QUOTED, 'q')) || quotes.some((inner) => ACTED_ON_IN_QUOTES.test(inner));
}

/** The URL of the kit holds nothing that ends a quote or that a shell acts on inside of one. */
function placed(part: string, url: string): string {
  return part === PLACEHOLDER ? `'${url}'` : part.replaceAll(PLACEHOLDER, url);
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_all, single, double, escaped) =>
    typeof single === 'string'
      ? single
      : typeof double === 'string'
        ? double.replace(/\\(["\\])/g, '$1')
        : String(escaped),
  );
}
