/** `conformance merge`: brings the shards of a run together and judges them as one run. */
import type { Command } from 'commander';
import { formatNames } from '../report/formats.js';
import { collect, readSiteUrl } from './option-readers.js';
import type { Finish } from './program.js';
import type { OutcomeFlags } from './run-outcome.js';

const examples = `
Examples:
  conformance run --target https://host/stream --shard 1/3      on one machine
  conformance run --target https://host/stream --shard 2/3      on another, and so on
  conformance merge shard-*-of-3.json
  conformance merge shard-*-of-3.json --report junit=report.xml --transcripts seen

A verdict may need what several shards saw. So shards carry their transcripts, and all of them are
judged here as one run would have been: with the level and the options that the shards were given.`;

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<files...>', 'files that run --shard wrote, all of one run')
    .option('--report <format[=file]>', `${formatNames.join(', ')}; default terminal (repeatable)`, collect, [])
    .option('--spec-site <url>', 'where the spec is published: HTML and Markdown link to its sentences', readSiteUrl)
    .option('--verbose', 'list passes one by one, and all evidence', false)
    .option('--transcripts <dir>', 'store what all shards saw, for conformance judge')
    .option('--certificate <file>', 'write a certificate of the result; with --transcripts')
    .option('--signing-key <file>', 'sign the certificate: an Ed25519 private key, PEM')
    .option('--baseline <file>', 'known failures, "ID  # reason" a line: they do not fail the run')
    .option('--write-baseline <file>', 'write what fails now as such a file')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], flags: Omit<OutcomeFlags, 'spec'>) => {
      const { mergeFiles } = await import('./merge-files.js');
      finish(await mergeFiles(files, flags));
    });
}
