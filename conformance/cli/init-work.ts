/** The work of `conformance init`: gathers the answers from flags or questions, and writes the files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { KitError } from '../kit-error.js';
import { toPrintable } from '../report/printable.js';
import { kitVersion } from '../run/kit-version.js';
import { exitCodes, faultCode } from './exit-codes.js';
import type { InitFlags } from './init.js';
import { example, oneLine } from './init-example.js';
import { type Answers, filesFor } from './init-files.js';
import { checkUrl, readOccasion } from './target-option.js';

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
  const { askQuestions } = await import('./init-questions.js');
  return askQuestions(flags, process.stdin, process.stdout);
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
