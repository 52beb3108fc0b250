/** `conformance fleet`: grades many servers and writes one index of them. */
import { type Command, InvalidArgumentError } from 'commander';
import type { FleetFlags } from './grade-fleet.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance fleet targets.json
  conformance fleet targets.json --out reports --at-once 8
  conformance fleet targets.json --queue redis://queue.internal

The file names the servers; each is what conformance.json holds for one:

  { "targets": { "search": { "url": "https://search.example/stream?query=tides" },
                 "chat": { "url": "https://chat.example/streams/{stream_id}", "level": "Live" } } }

Each gets NAME.json and NAME.html in the folder, and all of them index.json and index.html.
The exit code is the greatest of theirs. With --queue the work is done by conformance worker.`;

const serversAtOnce = 4;

export function declare(command: Command, finish: Finish): void {
  command
    .argument('<file>', 'the servers, a JSON file of the schema kit/fleet')
    .option('--out <dir>', 'folder for the reports', 'fleet')
    .option('--at-once <number>', 'servers that are graded at the same time', readAtOnce, serversAtOnce)
    .option('--queue <url>', 'Redis that hands the servers to workers; "$NAME" is taken from the environment')
    .addHelpText('after', examples)
    .action(async (file: string, flags: FleetFlags) => {
      const { gradeFleetFile } = await import('./grade-fleet.js');
      finish(await gradeFleetFile(file, flags));
    });
}

function readAtOnce(value: string): number {
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > 64) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 64.');
  }
  return Number(value);
}
