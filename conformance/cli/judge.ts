/** `conformance judge`: judges stored transcripts again, without a network. */
import { type Command, Option } from 'commander';
import { formatNames } from '../report/formats.js';
import { collect, oneOf, readSiteUrl } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance run --target http://127.0.0.1:8080/stream --transcripts seen
  conformance judge seen
  conformance judge seen --level Core --strict --report json=report.json

The target is not asked again: the same transcripts give the same verdicts, offline, next year.`;

const levels = ['Core', 'Live', 'Resume'] as const;

export interface JudgeFlags {
  readonly level: (typeof levels)[number];
  readonly only: readonly string[];
  readonly strict: boolean;
  readonly acceptUnobserved: readonly string[];
  readonly report: readonly string[];
  readonly verbose: boolean;
  readonly specSite?: string;
  readonly spec: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<dir>', 'folder that run --transcripts wrote')
    .addOption(
      new Option('--level <level>', 'the level asked for: Core, Live or Resume')
        .choices(levels)
        .default('Resume')
        .argParser(oneOf(levels)),
    )
    .option('--only <ids>', 'judge these ids or areas alone (repeatable)', collect, [])
    .option('--strict', 'a broken SHOULD counts as a failure', false)
    .option('--accept-unobserved <ids>', 'ids or areas that may stay unobserved (repeatable)', collect, [])
    .option('--report <format[=file]>', `${formatNames.join(', ')}; default terminal (repeatable)`, collect, [])
    .option('--spec-site <url>', 'where the spec is published: HTML and Markdown link to its sentences', readSiteUrl)
    .option('--verbose', 'list passes one by one, and all evidence', false)
    .option('--spec <version>', 'version of the spec to judge against', '1.0')
    .option('--baseline <file>', 'known failures, "ID  # reason" a line: they do not fail the run')
    .option('--write-baseline <file>', 'write what fails now as such a file')
    .addHelpText('after', examples)
    .action(async (folder: string, flags: JudgeFlags) => {
      const { judgeFolder } = await import('./judge-folder.js');
      finish(await judgeFolder(folder, flags));
    });
}
