/** `conformance spec`: the lint of a written spec, and what changed between two. */
import type { Command } from 'commander';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance spec lint
  conformance spec lint my-fork/spec/1.0
  conformance spec diff 1.0 my-fork/spec/1.0
  conformance spec diff v0.1.0 HEAD`;

export function declare(command: Command, finish: Finish): void {
  command.addHelpText('after', examples);
  command
    .command('lint')
    .description('check the chapters of a spec: ids, key words, links')
    .argument('[dir]', 'folder of chapters; without it the spec of this package')
    .helpOption('-h, --help', 'show this help')
    .action(async (folder: string | undefined) => {
      const { lintFolder } = await import('./spec-work.js');
      finish(lintFolder(folder));
    });
  command
    .command('diff')
    .description('what changed for implementers between two versions, as Markdown')
    .argument('<old>', 'a version (1.0), a folder, or a git revision (v1.0, HEAD~3:spec/1.0)')
    .argument('<new>', 'the other side')
    .helpOption('-h, --help', 'show this help')
    .action(async (older: string, newer: string) => {
      const { diffSides } = await import('./spec-work.js');
      process.stdout.write(diffSides(older, newer));
      finish(0);
    });
}
