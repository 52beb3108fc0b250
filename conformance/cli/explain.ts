/** `conformance explain`: everything about one requirement, or about all of an area. */
import type { Command } from 'commander';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance explain HEARTBEAT-001
  conformance explain replay-004`;

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<id>', 'id of a requirement, such as HEARTBEAT-001')
    .option('--spec <version>', 'version of the spec', '1.0')
    .addHelpText('after', examples)
    .action(async (id: string, flags: { spec: string }) => {
      const { explainRequirement } = await import('./explain-requirement.js');
      process.stdout.write(await explainRequirement(id, flags.spec));
      finish(0);
    });
}
