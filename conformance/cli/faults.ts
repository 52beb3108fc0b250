/** `conformance faults`: a TCP proxy before a server, behind which the network is slow, stalls, breaks. */
import type { Command } from 'commander';
import { readSeed } from './faults-profile.js';
import { readPort } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance faults --list                          the profiles that have a name
  conformance faults --upstream http://127.0.0.1:8080/stream --profile slow-3g
  conformance faults --upstream http://127.0.0.1:8080 --listen 9000 --profile faults.json
  conformance faults --upstream http://127.0.0.1:8080 --profile '{"down":{"latencyMs":300}}'

The first line on standard output is JSON with the URL; what happens is told on standard error. An
upstream with https:// is passed through as it is: it breaks after bytes or milliseconds, not after
events.`;

export interface FaultsFlags {
  readonly upstream?: string;
  readonly listen: number;
  readonly host: string;
  readonly profile: string;
  readonly seed?: number;
  readonly quiet: boolean;
  readonly list: boolean;
}

export function declare(command: Command, finish: Finish): void {
  command
    .option('-u, --upstream <url>', 'the server behind the proxy')
    .option('-l, --listen <port>', 'TCP port; 0 takes a free one', readPort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('-p, --profile <name|file|json>', 'how the network is; see --list', 'none')
    .option('--seed <number>', 'start of the random numbers: the same seed, the same faults', readSeed)
    .option('-q, --quiet', 'tell nothing of what happens', false)
    .option('--list', 'list the profiles that have a name', false)
    .addHelpText('after', examples)
    .action(async (flags: FaultsFlags) => {
      if (flags.list) {
        const { describeProfiles } = await import('./faults-profile.js');
        process.stdout.write(describeProfiles());
        return;
      }
      const { serveFaults } = await import('./faults-serve.js');
      finish(await serveFaults(flags));
    });
}
