/** What `conformance init` asks on a terminal, for all that no flag says. */
import { createInterface, type Interface } from 'node:readline/promises';
import { KitError } from '../kit-error.js';
import { kitVersion } from '../run/kit-version.js';
import type { InitFlags } from './init.js';
import { example, oneLine } from './init-example.js';
import type { Answers } from './init-files.js';
import { checkUrl, readOccasion } from './target-option.js';

/** A question that is longer has its usual answer on a line of its own. */
const inlineColumns = 78;

/** Without these a server does not show enough for the level Resume. */
const neededOccasions = [
  ['cap', 'URL of a stream that lasts until its cap'],
  ['error', 'URL of a stream that ends in an error'],
  ['evicted', 'URL of a stream that is longer than what is kept of it'],
  ['conflict', 'URL of the first stream with other parameters'],
] as const;

/** Throws `KitError` (`usage`) for an answer that cannot be used, and where the input ends before all is answered. */
export async function askQuestions(
  flags: InitFlags,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Answers> {
  const questioner = new Questioner(createInterface({ input, output }));
  try {
    const isClient =
      flags.client !== undefined ||
      (flags.target === undefined && (await questioner.choose('Grade a', ['server', 'client'])) === 'client');
    const whom = isClient ? await askClient(questioner, flags) : await askServer(questioner, flags);
    const level = flags.level ?? (await questioner.choose('Level to conform to', ['Resume', 'Live', 'Core']));
    const ci = flags.ci ?? (await questioner.choose('CI', ['github', 'gitlab', 'none']));
    return { version: kitVersion(), level, ci, ...whom };
  } finally {
    questioner.close();
  }
}

async function askClient(questioner: Questioner, { client }: InitFlags): Promise<{ readonly client: string }> {
  const command = client ?? (await questioner.ask('Command that starts the client', example.client));
  return { client: oneLine('--client', command) };
}

interface AnswersOnServer {
  readonly target: string;
  readonly start: string;
  readonly occasions: Readonly<Record<string, string>>;
}

async function askServer(questioner: Questioner, { target, occasion, start }: InitFlags): Promise<AnswersOnServer> {
  const url = checkUrl('--target', target ?? (await questioner.ask('URL of a stream', example.target)));
  const given: Readonly<Record<string, string>> = Object.fromEntries(occasion.map(readOccasion));
  const usual: Readonly<Record<string, string>> = url === example.target ? example.occasions : {};
  const asked: Record<string, string> = {};
  for (const [name, text] of neededOccasions.filter(([known]) => given[known] === undefined)) {
    const answer = await questioner.ask(text, usual[name] ?? 'none');
    if (answer !== 'none') asked[name] = checkUrl(`--occasion ${name}`, answer);
  }
  const command = start ?? (await questioner.ask('Command that starts the server in CI', example.start(kitVersion())));
  return { target: url, occasions: { ...given, ...asked }, start: oneLine('--start', command) };
}

class Questioner {
  readonly #terminal: Interface;
  readonly #gone = new AbortController();

  constructor(terminal: Interface) {
    this.#terminal = terminal;
    terminal.on('SIGINT', () => terminal.close());
    terminal.once('close', () => this.#gone.abort());
  }

  close(): void {
    this.#terminal.close();
  }

  async ask(text: string, usual: string): Promise<string> {
    const inline = `${text} (${usual}): `;
    const shown = inline.length > inlineColumns ? `${text}\n  (${usual}): ` : inline;
    try {
      const answer = (await this.#terminal.question(shown, { signal: this.#gone.signal })).trim();
      return answer === '' ? usual : answer;
    } catch (cause) {
      throw new KitError('usage', 'init: nothing was written, because not every question was answered', { cause });
    }
  }

  /** Asks again until one of the choices is given; its first letters do. */
  async choose<const T extends string>(text: string, choices: readonly [T, ...T[]]): Promise<T> {
    for (;;) {
      const answer = (await this.ask(`${text}: ${choices.join(', ')}`, choices[0])).toLowerCase();
      const [only, ...others] = choices.filter((choice) => choice.toLowerCase().startsWith(answer));
      if (only !== undefined && others.length === 0) return only;
    }
  }
}
