/** `conformance completion`: a script that completes commands and options in a shell. */
import { Argument, type Command } from 'commander';
import type { Finish } from './program.js';

const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

const examples = `
Examples:
  source <(conformance completion bash)                                  for this shell
  conformance completion bash > ~/.local/share/bash-completion/completions/conformance
  conformance completion zsh > "\${fpath[1]}/_conformance"
  conformance completion fish > ~/.config/fish/completions/conformance.fish`;

export function declare(command: Command, finish: Finish): void {
  command
    .addArgument(new Argument('<shell>', 'the shell that reads the script').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: Shell) => {
      const { describeProgram, renderCompletion } = await import('./completion-scripts.js');
      process.stdout.write(renderCompletion(shell, describeProgram(command.parent ?? command)));
      finish(0);
    });
}
