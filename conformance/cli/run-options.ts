/** From the flags of `run` to what a run takes; everything that can be wrong is found here, before the first request. */
import type { Target } from '../../schemas/1.0/types/target.js';
import { KitError } from '../kit-error.js';
import type { Shard } from '../run/shard.js';
import type { Level, RunOptions } from '../run/types.js';
import type { OccasionName } from '../server/scenarios/scenario.js';
import { readRequirements } from '../spec/read-spec.js';
import { type ConnectFlags, readConnectOptions } from './connect-options.js';
import { readHeader } from './header-option.js';
import { checkNames, expandAreas, splitNames } from './requirement-names.js';
import { runShutdown } from './shutdown-command.js';
import { checkUrl, readOccasion } from './target-option.js';

/** As the command line gives them: numbers are read, the rest is text as typed. */
export interface RunFlags extends ConnectFlags {
  readonly target?: string;
  readonly spec: string;
  readonly level: Level;
  readonly only: readonly string[];
  readonly strict: boolean;
  readonly header: readonly string[];
  readonly otherHeader: readonly string[];
  readonly occasion: readonly string[];
  readonly acceptUnobserved: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  readonly quick: boolean;
  readonly concurrency: number;
  readonly transcripts?: string;
  readonly report: readonly string[];
  readonly streamId: boolean;
  readonly fast: boolean;
  readonly verbose: boolean;
  readonly specSite?: string;
  readonly maxOpen?: number;
  /** `shutdown=command`. */
  readonly onDemand?: readonly string[];
  /** A file `conformance.json`. */
  readonly config?: string;
  /** From that file alone. */
  readonly creation?: NonNullable<RunOptions['target']['creation']>;
  /** From that file alone, milliseconds. */
  readonly tolerances?: NonNullable<Target['tolerances']>;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly certificate?: string;
  readonly signingKey?: string;
  readonly shard?: Shard;
  /** Seconds to wait until the target accepts connections. */
  readonly wait?: number;
}

/** What is taken where nothing is said. */
export const usualRunFlags = {
  spec: '1.0',
  level: 'Resume',
  only: [],
  strict: false,
  header: [],
  otherHeader: [],
  occasion: [],
  acceptUnobserved: [],
  quick: false,
  concurrency: 8,
  report: [],
  streamId: true,
  fast: false,
  verbose: false,
} as const satisfies RunFlags;

export const referenceTarget = 'reference';

type Environment = Readonly<Record<string, string | undefined>>;

/** The options of a run, but for the URL of a reference server that is still to be started. Throws `KitError` (`usage`). */
export function readRunOptions(flags: RunFlags, environment: Environment): RunOptions {
  const url = readTarget(flags);
  const requirements = readRequirements(flags.spec);
  const only = splitNames(flags.only);
  const acceptUnobserved = splitNames(flags.acceptUnobserved);
  if (flags.only.length > 0 && only.length === 0)
    throw new KitError('usage', '--only: expected ids or areas, got none');
  checkNames('--only', only, requirements, 'server');
  checkNames('--accept-unobserved', acceptUnobserved, requirements, 'server');
  const otherHeaders = flags.otherHeader.map((given) => readHeader(given, environment));
  const shutdown = (flags.onDemand ?? []).map(readCommand).at(-1);
  const occasions: Partial<Record<OccasionName, string>> = Object.fromEntries(flags.occasion.map(readOccasion));
  return {
    target: {
      url,
      occasions,
      headers: flags.header.map((given) => readHeader(given, environment)),
      ...(otherHeaders.length === 0 ? {} : { otherHeaders }),
      choosesStreamId: flags.streamId,
      connect: readConnectOptions(flags, environment),
      ...(flags.creation === undefined ? {} : { creation: flags.creation }),
    },
    spec: flags.spec,
    level: flags.level,
    only,
    strict: flags.strict,
    acceptUnobserved: expandAreas(acceptUnobserved, requirements),
    concurrency: flags.concurrency,
    ...(flags.maxOpen === undefined ? {} : { maxOpen: flags.maxOpen }),
    ...(shutdown === undefined ? {} : { shutdown: () => runShutdown(shutdown) }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout * 1000 }),
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
    quick: flags.quick,
  };
}

/** The command of `shutdown=command`. */
function readCommand(given: string): string {
  const [, command = ''] = /^shutdown=(.*\S.*)$/s.exec(given) ?? [];
  if (command === '') {
    throw new KitError('usage', '--on-demand: expected shutdown=COMMAND, with a command for the shell');
  }
  return command;
}

function readTarget({ target, fast, occasion }: RunFlags): string {
  if (target === undefined) {
    throw new KitError(
      'usage',
      'no target: give the URL of an event stream with --target URL (or in conformance.json), or --target reference to try the kit out',
    );
  }
  if (target === referenceTarget) {
    if (occasion.length > 0) {
      throw new KitError('usage', '--occasion: the reference server names its occasions itself; leave the option out');
    }
    return target;
  }
  if (fast) throw new KitError('usage', '--fast is about the reference server: expected --target reference with it');
  return checkUrl('--target', target);
}
