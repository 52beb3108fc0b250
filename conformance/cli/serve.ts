/** `conformance serve`: runs the reference server in the foreground. */
import type { Command } from 'commander';
import { readMilliseconds, readPort, readSeconds } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance serve                                  on a free port, with the defaults of the spec
  conformance serve --port 8080 --fast               short times, to develop a client against
  conformance serve --heartbeat 1 --silence 3 --cap 20

The log is JSON on standard error. The environment variables STREAM_MAX_SECONDS, HEARTBEAT_INTERVAL,
SILENCE_THRESHOLD (seconds) and CHUNK_DELAY_MS set what no option sets.`;

export interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly fast: boolean;
  readonly heartbeat?: number;
  readonly silence?: number;
  readonly cap?: number;
  readonly chunkDelay?: number;
  readonly json: boolean;
}

export function declare(command: Command, finish: Finish): void {
  command
    .option('-p, --port <port>', 'TCP port; 0 takes a free one', readPort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--fast', 'a cap of 3 s, heartbeats of 0.2 s, silence at 0.6 s', false)
    .option('--heartbeat <seconds>', 'heartbeat interval (default: 5)', readSeconds)
    .option('--silence <seconds>', 'silence threshold (default: 15)', readSeconds)
    .option('--cap <seconds>', 'longest life of a stream (default: 60)', readSeconds)
    .option('--chunk-delay <ms>', 'pause between two words in milliseconds (default: 50)', readMilliseconds)
    .option('--json', 'print one line of JSON with the URLs instead of text', false)
    .addHelpText('after', examples)
    .action(async (flags: ServeFlags) => {
      const { serveReference } = await import('./serve-reference.js');
      finish(await serveReference(flags));
    });
}
