/** The work of `conformance init`: asks what no flag says, and writes the files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { kitVersion } from '../run/kit-version.js';
import { exitCodes, faultCode } from './exit-codes.js';
import type { InitFlags } from './init.js';
import { type Answers, filesFor } from './init-files.js';
import { checkUrl, readOccasion } from './target-option.js';

/** The reference server as `conformance serve --fast` starts it: a target that is there from the first minute on. */
const example = {
  target: 'http://127.0.0.1:8080/stream/search?query=tides',
  occasions: {
    cap: 'http://127.0.0.1:8080/stream/search?query=tides&occasion=cap',
    error: 'http://127.0.0.1:8080/stream/search?query=tides&occasion=error',
    evicted: 'http://127.0.0.1:8080/stream/search?query=tides&occasion=evicted',
    conflict: 'http://127.0.0.1:8080/stream/search?query=currents',
    create: 'http://127.0.0.1:8080/stream/search?query=tides',
  },
  start: (version: string) => `npx --yes resilient-sse@${version} serve --port 8080 --fast`,
  client: 'reference',
};

/** Resolves with the exit code. Throws `KitError`. */
export async function initialise(flags: InitFlags): Promise<number> {
  if (flags.client !== undefined && (flags.target ?? flags.start) !== undefined) {
    throw new KitError('usage', 'expected --client, or --target and --start; got both');
  }
  const answers = flags.yes ? assume(flags) : await ask(flags);
  const files = filesFor(answers);
  const there = Object.keys(files).filter((file) => existsSync(file));
  if (there.length > 0 && !flags.force) {
    throw new KitError('usage', `there already: ${there.join(', ')}; use --force to overwrite, or another folder`);
  }
  for (const [file, text] of Object.entries(files)) {
    write(file, text);
    process.stdout.write(`wrote ${file}\n`);
  }
  process.stdout.write(`\n${nextStep(answers)}\n`);
  return exitCodes.conforms;
}

function assume({ target, client, occasion, start, level = 'Resume', ci = 'github' }: InitFlags): Answers {
  const common = { version: kitVersion(), level, ci };
  if (client !== undefined) return { ...common, client: oneLine('--client', client) };
  const isExample = target === undefined && occasion.length === 0;
  const command = start ?? (isExample ? example.start(common.version) : undefined);
  return {
    ...common,
    target: checkUrl('--target', target ?? example.target),
    occasions: isExample ? example.occasions : Object.fromEntries(occasion.map(readOccasion)),
    ...(command === undefined ? {} : { start: oneLine('--start', command) }),
  };
}

async function ask(flags: InitFlags): Promise<Answers> {
  if (!process.stdin.isTTY) {
    throw new KitError('usage', 'init asks questions: expected a terminal, or --yes and flags');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const isClient =
      flags.client !== undefined ||
      (flags.target === undefined && (await choose(terminal, 'Grade a', ['server', 'client'])) === 'client');
    const whom = isClient ? await askClient(terminal, flags) : await askServer(terminal, flags);
    const level = flags.level ?? (await choose(terminal, 'Level to conform to', ['Resume', 'Live', 'Core']));
    const ci = flags.ci ?? (await choose(terminal, 'CI', ['github', 'gitlab', 'none']));
    return { version: kitVersion(), level, ci, ...whom };
  } finally {
    terminal.close();
  }
}

async function askClient(terminal: Interface, { client }: InitFlags): Promise<{ readonly client: string }> {
  const command = client ?? (await question(terminal, 'Command that starts the client', example.client));
  return { client: oneLine('--client', command) };
}

/** Without these a server does not show enough for the level Resume. */
const neededOccasions = [
  ['cap', 'URL of one that lasts until its cap'],
  ['error', 'URL of one that ends in an error'],
  ['evicted', 'URL of one that is longer than what is kept of it'],
  ['conflict', 'URL of the first with other parameters'],
] as const;

interface AnswersOnServer {
  readonly target: string;
  readonly start: string;
  readonly occasions: Readonly<Record<string, string>>;
}

async function askServer(terminal: Interface, { target, occasion, start }: InitFlags): Promise<AnswersOnServer> {
  const url = checkUrl('--target', target ?? (await question(terminal, 'URL of a stream', example.target)));
  const occasions: Record<string, string> = Object.fromEntries(occasion.map(readOccasion));
  const usualOccasions: Readonly<Record<string, string>> = url === example.target ? example.occasions : {};
  for (const [name, text] of neededOccasions) {
    occasions[name] ??= await question(terminal, text, usualOccasions[name] ?? 'none');
    if (occasions[name] === 'none') delete occasions[name];
    else checkUrl(`--occasion ${name}`, occasions[name]);
  }
  const usual = example.start(kitVersion());
  const command = start ?? (await question(terminal, 'Command that starts the server in CI', usual));
  return { target: url, occasions, start: oneLine('--start', command) };
}

async function question(terminal: Interface, text: string, usual: string): Promise<string> {
  const answer = (await terminal.question(`${text} (${usual}): `)).trim();
  return answer === '' ? usual : answer;
}

/** Asks again until one of the choices is given; its first letters do. */
async function choose<const T extends string>(
  terminal: Interface,
  text: string,
  choices: readonly [T, ...T[]],
): Promise<T> {
  for (;;) {
    const answer = (await question(terminal, `${text}, ${choices.join(' or ')}`, choices[0])).toLowerCase();
    const found = choices.filter((choice) => choice.toLowerCase().startsWith(answer));
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
  }
}

/** It becomes a line of a script. */
function oneLine(option: string, given: string): string {
  if (given.trim() === '' || /[\r\n\0]/.test(given)) {
    throw new KitError('usage', `${option}: expected a command on one line`);
  }
  return given;
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    throw new KitError('usage', `cannot write ${toPrintable(file)} (${faultCode(cause)})`, { cause });
  }
}

function nextStep(answers: Answers): string {
  if (answers.client !== undefined) return 'The job grades the client: commit it, or run its commands here.';
  const start = answers.start === undefined ? 'Start your server, then:' : `Start your server: ${answers.start}\nThen:`;
  return `${start} npx resilient-sse run`;
}
