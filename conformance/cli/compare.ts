/** `conformance compare`: what turned between two reports, for people and for the exit code of a CI job. */
import type { Command } from 'commander';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance run --target http://127.0.0.1:8080/stream --report json=new.json
  conformance compare old.json new.json
  conformance compare old.json new.json --markdown >> "$GITHUB_STEP_SUMMARY"

Exit codes: 0 nothing got worse, 1 something did, 2 usage`;

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<old>', 'report that run --report json=FILE wrote before')
    .argument('<new>', 'report to hold against it')
    .option('--markdown', 'write Markdown instead of text', false)
    .addHelpText('after', examples)
    .action(async (older: string, newer: string, flags: { markdown: boolean }) => {
      const { compareFiles } = await import('./compare-files.js');
      const { text, code } = compareFiles(older, newer, flags.markdown);
      process.stdout.write(text);
      finish(code);
    });
}
