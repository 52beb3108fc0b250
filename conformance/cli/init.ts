/** `conformance init`: writes `conformance.json` and a CI job, from a few questions or from flags. */
import { type Command, Option } from 'commander';
import { collect, oneOf } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance init                                   asks, on a terminal
  conformance init --yes                             a job that grades the reference, to start from
  conformance init --yes --target http://127.0.0.1:3000/stream --start 'npm start'
  conformance init --yes --client 'node client.js' --ci gitlab

It writes conformance.json, which run reads where no target is given, and a job:
.github/workflows/conformance.yml or .gitlab-ci.yml. Without --force nothing is overwritten.`;

const levels = ['Core', 'Live', 'Resume'] as const;
const services = ['github', 'gitlab', 'none'] as const;

export interface InitFlags {
  readonly yes: boolean;
  readonly force: boolean;
  readonly target?: string;
  readonly client?: string;
  readonly occasion: readonly string[];
  readonly start?: string;
  readonly level?: (typeof levels)[number];
  readonly ci?: (typeof services)[number];
}

export function declare(command: Command, finish: Finish): void {
  command
    .option('-y, --yes', 'ask nothing: what no flag says is taken from the reference', false)
    .option('-t, --target <url>', 'URL of an event stream')
    .option('--occasion <name=url>', 'URL for what the target does not show by itself (repeatable)', collect, [])
    .option('--start <command>', 'what starts the server in CI, in the background')
    .option('--client <command>', 'grade a client instead: a command that reads SSE_URL')
    .addOption(
      new Option('--level <level>', 'the level to conform to: Core, Live or Resume')
        .choices(levels)
        .argParser(oneOf(levels)),
    )
    .addOption(
      new Option('--ci <service>', 'write a job for: github, gitlab or none')
        .choices(services)
        .argParser(oneOf(services)),
    )
    .option('--force', 'overwrite files', false)
    .addHelpText('after', examples)
    .action(async (flags: InitFlags) => {
      const { initialise } = await import('./init-work.js');
      finish(await initialise(flags));
    });
}
