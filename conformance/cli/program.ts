/** The command line: the table of commands, how each is loaded, and how every ending becomes an exit code. */
import { Command, CommanderError, type Option } from 'commander';
import { toPrintable } from '../report/printable.js';
import { kitVersion } from '../run/kit-version.js';
import { exitCodes, explainFault } from './exit-codes.js';

/** What the module of a command exports. */
export interface CommandModule {
  /** Declares arguments, options, examples and the action; heavy imports belong into the action. */
  declare(command: Command, finish: Finish): void;
}

/** An action's last word: the exit code of the program. */
export type Finish = (code: number) => void;

interface Entry {
  readonly summary: string;
  load(): Promise<CommandModule>;
}

const commands: Readonly<Record<string, Entry>> = {
  run: { summary: 'grade a server by its URL', load: () => import('./run.js') },
  fleet: { summary: 'grade many servers and write one index of them', load: () => import('./fleet.js') },
  worker: { summary: 'do what others put into a queue', load: () => import('./worker.js') },
  init: { summary: 'write a configuration and a CI job', load: () => import('./init.js') },
  load: { summary: 'load a server with many verified streams', load: () => import('./load.js') },
  serve: { summary: 'start the reference server to look at or to test against', load: () => import('./serve.js') },
  faults: {
    summary: 'a proxy that slows down, stalls and breaks what goes through it',
    load: () => import('./faults.js'),
  },
  judge: { summary: 'judge stored transcripts again, without a network', load: () => import('./judge.js') },
  merge: { summary: 'bring the shards of a run together', load: () => import('./merge.js') },
  verify: { summary: 'judge a certificate again, by its transcripts', load: () => import('./verify.js') },
  compare: { summary: 'say what turned between two reports', load: () => import('./compare.js') },
  'self-test': {
    summary: 'show that the kit catches what it must, and nothing else',
    load: () => import('./self-test.js'),
  },
  list: { summary: 'list the requirements of the spec', load: () => import('./list.js') },
  explain: {
    summary: 'explain one requirement: why, how it is observed, how to mend it',
    load: () => import('./explain.js'),
  },
  spec: { summary: 'check a written spec, or compare two versions of it', load: () => import('./spec.js') },
  completion: { summary: 'complete commands and options in a shell', load: () => import('./completion.js') },
};

/** In the order of the help. */
export const commandNames: readonly string[] = Object.keys(commands);

/** Help is never wider, so that it can be pasted into an issue. */
const helpColumns = 100;

const examples = `
Examples:
  conformance run --target reference --fast          see a whole run in a few seconds
  conformance run --target https://host/stream       grade your own server
  conformance explain HEARTBEAT-001                  what it asks for, and how to mend a failure

Exit codes: 0 conforms, 1 does not, 2 usage, 3 fault of the kit, 4 unreachable, 130 interrupted`;

/** Runs one command and resolves with the exit code; never rejects, never prints a stack unless DEBUG=conformance. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.conforms;
  const debug = process.env.DEBUG === 'conformance';
  try {
    const program = await buildProgram(argv, (ended) => {
      code = ended;
    });
    if (argv.length === 0) program.outputHelp({ error: true });
    else await program.parseAsync(argv, { from: 'user' });
    return argv.length === 0 ? exitCodes.usage : code;
  } catch (fault) {
    // Commander has already written its line, or the help.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? exitCodes.conforms : exitCodes.usage;
    const explained = explainFault(fault, debug);
    process.stderr.write(`${explained.text}\n`);
    return explained.code;
  }
}

/** Only the command that is asked for is loaded; the others are a name and a summary. */
async function buildProgram(argv: readonly string[], finish: Finish): Promise<Command> {
  const program = new Command('conformance')
    .description('Grades event stream servers and clients against Resilient SSE.')
    .version(kitVersion(), '-V, --version', 'print the version of the kit')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', examples)
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      getOutHelpWidth: () => Math.min(helpColumns, process.stdout.columns ?? helpColumns),
      getErrHelpWidth: () => Math.min(helpColumns, process.stderr.columns ?? helpColumns),
      outputError: (text, write) => write(`${usageLine(text, asked)}\n`),
    });
  const words = argv.filter((word) => !word.startsWith('-'));
  const asked = words[0] === 'help' ? words[1] : words[0];
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).description(summary).helpOption('-h, --help', 'show this help');
    // Who completes has to know all of them.
    if (name === asked || asked === 'completion') (await load()).declare(command, finish);
  }
  return program;
}

/** Commander's own complaint, on one line, without the value of an option that it does not know: it may be a secret. */
function usageLine(text: string, asked: string | undefined): string {
  const complaint = text
    .replace(/^error: /, '')
    .replace(/\s*\n\(Did you mean (.*)\?\)/s, '; did you mean $1?')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/'(--?[^'=]+)=[^']*'/, "'$1'")
    .trim()
    .replace(/\.$/, '');
  const help = asked !== undefined && Object.hasOwn(commands, asked) ? `${asked} --help` : '--help';
  return `conformance: ${toPrintable(complaint)}${complaint.endsWith('?') ? '' : '.'} See conformance ${help}`;
}

/** A default is worth a word where it is a value, not where it is "none" or "off". */
function describeOption({ description, defaultValue, defaultValueDescription, negate }: Option): string {
  const isValue = typeof defaultValue === 'number' || typeof defaultValue === 'string';
  return isValue && !negate ? `${description} (default: ${defaultValueDescription ?? defaultValue})` : description;
}
