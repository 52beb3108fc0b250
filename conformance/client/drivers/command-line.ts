/** From the text of `--client` to a program and its arguments. */
import { KitError } from '../../kit-error.js';

export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
}

/** What a shell would act on: only then is one used. */
const NEEDS_SHELL = /[|&;<>$`*?()~#!\n]|^\s*\w+=/;

/** A word: bare, or with parts in single or double quotes, or escaped characters. */
const WORD = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g;

const PLACEHOLDER = '{url}';

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
  // The placeholder is no brace expansion, and nothing that a shell must see.
  if (NEEDS_SHELL.test(command)) {
    return (url) => ({ file: '/bin/sh', args: ['-c', command.replaceAll(PLACEHOLDER, quoted(url))] });
  }
  const words = (command.match(WORD) ?? []).map(unquoted);
  return (url) => {
    const [file = '', ...args] = words.map((word) => word.replaceAll(PLACEHOLDER, url));
    return { file, args };
  };
}

/** The URL of the kit holds no single quote. */
function quoted(url: string): string {
  return `'${url.replaceAll("'", '%27')}'`;
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
