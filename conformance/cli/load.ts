/** `conformance load`: many verified streams at once, judged by objectives. */
import { type Command, Option } from 'commander';
import type { NetworkShare } from '../load/types.js';
import { readCount, readDuration, readNetworks, readPercent, readPid, readSeed, readSpan } from './load-numbers.js';
import { collect, oneOf, readPort } from './option-readers.js';
import type { Finish } from './program.js';

const examples = `
Examples:
  conformance load --target reference --preset concurrent
  conformance load --target http://127.0.0.1:8080/stream --streams 1000 --ramp 10s --duration 5m
  conformance load --target https://host/stream --preset sustained --duration 10m --pid 4711
  conformance load --target https://host/stream --network 3g:20,4g:80 --cut-rate 10% \\
    --slow-readers 5%
  conformance load --target https://host/stream --streams 20000 --queue redis://queue.internal
  conformance load --target https://host/stream --report json=load.json --report html=load.html

Every stream is checked while it runs: ids, order, loss, duplicates, heartbeats, cap, the end, and
that a replay is what came before. Without --duration each place has one stream; with it a stream
that ended is followed by the next one. --preset concurrent is 100 streams of 50 events on 4g,
sustained is 1,000 streams for 30 minutes, 20 % of them on 3g; both cut 10 % of the connections, and
every option overrides them.

Exit codes: 0 all objectives met and nothing wrong was seen, 1 not so, 2 usage, 3 no verdict (the
generator was too slow, or a share of it is lost), 4 unreachable, 130 interrupted.`;

export const presetNames = ['concurrent', 'sustained'] as const;
export type PresetName = (typeof presetNames)[number];

/** As commander gives them: what was not given is absent, so that a preset can fill it. Times in milliseconds. */
export interface LoadFlags {
  readonly target?: string;
  readonly preset?: PresetName;
  readonly streams?: number;
  readonly ramp?: number;
  readonly duration?: number;
  readonly events?: number;
  readonly network?: readonly NetworkShare[];
  readonly cutRate?: number;
  readonly slowReaders?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly answerTimeout?: number;
  readonly header: readonly string[];
  readonly ca?: string;
  readonly insecure: boolean;
  readonly sla?: string;
  readonly report: readonly string[];
  readonly pid?: number;
  readonly serveDashboard?: number;
  readonly fast: boolean;
  readonly queue?: string;
  /** With `queue`. */
  readonly shares?: number;
}

export function declare(command: Command, finish: Finish): void {
  command
    .option('-t, --target <url>', 'URL of an event stream, or "reference" for the reference server')
    .addOption(new Option('--preset <name>', 'concurrent or sustained').argParser(oneOf(presetNames)))
    .option('--streams <number>', 'streams at the same time (default: 100)', readCount)
    .option('--ramp <time>', 'over which they begin, evenly spread (default: 5s)', readDuration)
    .option('--duration <time>', 'for how long streams follow each other (default: one stream each)', readSpan)
    .option('--events <number>', 'leave a stream after so many events (default: read it to its end)', readCount)
    .option('--network <shares>', 'slower networks, in percent of the streams: 3g:20,4g:80', readNetworks)
    .option('--cut-rate <percent>', 'streams whose first connection is cut at a random event', readPercent)
    .option('--slow-readers <percent>', 'streams that are read at 2 KiB a second', readPercent)
    .option('--seed <number>', 'of everything random, to repeat a run (default: a new one, printed)', readSeed)
    .option('--threads <number>', 'threads that make the load (default: by the streams and the cores)', readCount)
    .option('--answer-timeout <time>', 'for how long an answer is waited for (default: 10s)', readSpan)
    .option('--header <header>', "'Name: value' on every request; value may be @file or $ENV (repeatable)", collect, [])
    .option('--ca <file>', 'certificates to trust besides the known ones, PEM')
    .option('--insecure', 'accept any certificate; the report says so', false)
    .option('--sla <file>', 'objectives that decide the exit code, schema kit/sla')
    .option('--report <format[=file]>', 'terminal, json, html, prometheus; default terminal (repeatable)', collect, [])
    .option('--pid <number>', 'watch processor and memory of this process, the target', readPid)
    .option('--serve-dashboard <port>', 'a page with live charts, on this port; 0 takes a free one', readPort)
    .option('--queue <url>', 'Redis that hands the load to workers; "$NAME" is taken from the environment')
    .option('--shares <number>', 'with --queue: into how many shares (default: one for each worker)', readCount)
    .option('--fast', 'with --target reference: a cap of 3 s and heartbeats of 0.2 s', false)
    .addHelpText('after', examples)
    .action(async (flags: LoadFlags) => {
      const { loadTarget } = await import('./load-work.js');
      finish(await loadTarget(flags));
    });
}
