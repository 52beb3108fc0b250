/** `conformance worker`: does what `fleet --queue` and `load --queue` put into a queue, until it is told to stop. */
import { type Command, InvalidArgumentError } from 'commander';
import { collect, readSeconds } from './option-readers.js';
import type { Finish } from './program.js';
import type { WorkerFlags } from './work.js';

const examples = `
Examples:
  conformance worker --queue redis://queue.internal
  conformance worker --queue '$REDIS_URL' --name rack-7
  conformance worker --queue '$REDIS_URL' --env CHAT_TOKEN

It does one thing at a time: start one on each machine. Who can write to the queue decides
what a worker sends and where, so give Redis a password. Values of headers such as $CHAT_TOKEN are
filled in from the variables that --env names, and from no others; files and commands are refused.
It needs BullMQ: npm install bullmq.`;

/** A machine under load may not get a word out for seconds. */
const lostAfterSeconds = 15;

export function declare(command: Command, finish: Finish): void {
  command
    .requiredOption('--queue <url>', 'Redis that the queue lives in; "$NAME" is taken from the environment')
    .option('--name <name>', 'as reports name it (default: host and process)', readName)
    .option('--env <names>', 'variables that targets may use in headers (repeatable)', collect, [])
    .option('--threads <number>', 'threads that make its share of a load', readThreads, 1)
    .option(
      '--lost-after <seconds>',
      'silent for so long it counts as dead, and its work goes to another',
      readSeconds,
      lostAfterSeconds,
    )
    .addHelpText('after', examples)
    .action(async (flags: WorkerFlags) => {
      const { workUntilStopped } = await import('./work.js');
      finish(await workUntilStopped(flags));
    });
}

function readName(value: string): string {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(value)) {
    throw new InvalidArgumentError('Expected up to 64 letters, digits, dots, dashes and underscores.');
  }
  return value;
}

function readThreads(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) < 1 || Number(value) > 128) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 128.');
  }
  return Number(value);
}
