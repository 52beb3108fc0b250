/** `conformance spec`: the lint of a written spec. */
import type { Command } from 'commander';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance spec lint
  conformance spec lint my-fork/spec/1.0`;

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
}
