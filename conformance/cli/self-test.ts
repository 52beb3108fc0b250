/** `conformance self-test`: grades servers or clients that are broken on purpose, and the reference, and compares. */
import { type Command, Option } from 'commander';
import { collect } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance self-test
  conformance self-test --only HEARTBEAT-001 --only END
  conformance self-test --role client
  conformance self-test --report json=self-test.json

Each faulty twin breaks one requirement and has to be caught in that one alone; each null target
does nothing at all and must pass nothing; the reference has to pass everything.`;

export interface SelfTestFlags {
  readonly only: readonly string[];
  readonly report: readonly string[];
  readonly spec: string;
  readonly role: 'server' | 'client';
}

export function declare(command: Command, finish: Finish): void {
  command
    .option('--only <ids>', 'twins that break these ids or areas alone (repeatable)', collect, [])
    .option('--report <format[=file]>', 'terminal or json; default terminal (repeatable)', collect, [])
    .addOption(new Option('--role <role>', 'what is graded').choices(['server', 'client']).default('server'))
    .option('--spec <version>', 'version of the spec', '1.0')
    .addHelpText('after', examples)
    .action(async (flags: SelfTestFlags) => {
      if (flags.role === 'client') {
        const { runClientSelfTest } = await import('./run-client-self-test.js');
        finish(await runClientSelfTest(flags));
        return;
      }
      const { runSelfTest } = await import('./run-self-test.js');
      finish(await runSelfTest(flags));
    });
}
