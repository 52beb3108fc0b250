/** `conformance list`: the requirements of the spec, filtered. */
import { type Command, Option } from 'commander';
import { collect, oneOf } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance list --role server --level Core
  conformance list --area HEARTBEAT,CAP
  conformance list --json | jq -r '.[].id'`;

const roles = ['server', 'client'] as const;
const levels = ['Core', 'Live', 'Resume', 'Operations'] as const;

export interface ListFlags {
  readonly role?: (typeof roles)[number];
  readonly level?: (typeof levels)[number];
  readonly area: readonly string[];
  readonly spec: string;
  readonly json: boolean;
}

export function declare(command: Command, finish: Finish): void {
  command
    .addOption(new Option('--role <role>', 'about the server or the client').choices(roles).argParser(oneOf(roles)))
    .addOption(
      new Option('--level <level>', 'Core, Live, Resume or Operations').choices(levels).argParser(oneOf(levels)),
    )
    .option('--area <areas>', 'of these areas, such as HEARTBEAT,REPLAY (repeatable)', collect, [])
    .option('--spec <version>', 'version of the spec', '1.0')
    .option('--json', 'the entries as JSON', false)
    .addHelpText('after', examples)
    .action(async (flags: ListFlags) => {
      const { listRequirements } = await import('./list-requirements.js');
      process.stdout.write(listRequirements(flags));
      finish(0);
    });
}
