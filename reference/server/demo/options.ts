/** The demonstration server's configuration: flags over environment over `--fast` over defaults. */
import { parseArgs } from 'node:util';
import { ConfigurationError, readNumber, settingsFromEnvironment } from '../settings.js';
import type { Settings } from '../types.js';

export interface DemoOptions {
  readonly settings: Settings;
  readonly host: string;
  readonly port: number;
  readonly chunkDelayMs: number;
  /** Time that running streams get at shutdown, milliseconds. */
  readonly graceMs: number;
  readonly logLevel: string;
  /** Where replicas share their streams; undefined for a server that stands alone. */
  readonly redis: string | undefined;
  /** How long a stream may go without its writer's sign of life, seconds. */
  readonly lease: number;
  /** Bearer tokens, each a principal; empty where everybody is welcome. */
  readonly tokens: readonly string[];
}

/** Each flag is an environment variable by another name. */
const FLAGS = [
  ['heartbeat', 'HEARTBEAT_INTERVAL', 'seconds between heartbeats, default 5'],
  ['silence', 'SILENCE_THRESHOLD', 'seconds of silence after which clients reconnect, default 15'],
  ['cap', 'STREAM_MAX_SECONDS', 'longest life of a stream in seconds, default 60'],
  ['chunk-delay', 'CHUNK_DELAY_MS', 'milliseconds between chunks, default 50'],
  ['grace', 'SHUTDOWN_GRACE_MS', 'milliseconds for running streams at shutdown, default 0'],
  ['port', 'PORT', 'port, 0 for a free one, default 8080'],
  ['host', 'HOST', 'address to listen on, default 127.0.0.1'],
  ['log-level', 'LOG_LEVEL', 'of the log on standard error, default warn'],
  ['redis', 'REDIS_URL', 'redis://… for streams that replicas share; default: in memory'],
  ['lease', 'WRITER_LEASE', 'seconds without a sign of life after which a replica counts as dead, default 5'],
  ['tokens', 'TOKENS', 'bearer tokens that are let in, separated by commas; default: no authorization'],
] as const;

/** A whole life in three seconds. */
const FAST = { HEARTBEAT_INTERVAL: '0.2', SILENCE_THRESHOLD: '0.6', STREAM_MAX_SECONDS: '3', CHUNK_DELAY_MS: '8' };

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export const USAGE = [
  'Usage: main.js [--fast] [options]',
  ...FLAGS.map(([flag, variable, help]) => `  ${`--${flag} <value>`.padEnd(22)}${help} (${variable})`),
  '  --fast                a whole life in three seconds',
].join('\n');

/** Throws a `ConfigurationError`, with one line per mistake. */
export function readOptions(args: readonly string[], given: NodeJS.ProcessEnv): DemoOptions {
  const flags = parseFlags(args);
  const fromFlags = FLAGS.flatMap(([flag, variable]) => (flags[flag] === undefined ? [] : [[variable, flags[flag]]]));
  const environment: NodeJS.ProcessEnv = {
    ...(flags.fast === true ? FAST : {}),
    ...given,
    ...Object.fromEntries(fromFlags),
  };
  const mistakes: string[] = [];
  const options = {
    host: environment.HOST ?? '127.0.0.1',
    port: readNumber(environment, { variable: 'PORT', usual: 8080 }, mistakes),
    chunkDelayMs: readNumber(environment, { variable: 'CHUNK_DELAY_MS', usual: 50 }, mistakes),
    graceMs: readNumber(environment, { variable: 'SHUTDOWN_GRACE_MS', usual: 0 }, mistakes),
    logLevel: environment.LOG_LEVEL ?? 'warn',
    redis: environment.REDIS_URL,
    lease: readNumber(environment, { variable: 'WRITER_LEASE', usual: 5 }, mistakes),
    tokens: environment.TOKENS?.split(',') ?? [],
  };
  if (!Number.isInteger(options.port) || options.port > 65_535) {
    mistakes.push(`PORT must be a whole number from 0 to 65535, not ${options.port}`);
  }
  // A writer shows itself every second.
  if (options.lease < 2) mistakes.push(`WRITER_LEASE must be at least 2, not ${options.lease}`);
  if (!LOG_LEVELS.includes(options.logLevel)) {
    mistakes.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(options.logLevel)}`);
  }
  const settings = collect(() => settingsFromEnvironment(environment), mistakes);
  if (mistakes.length > 0 || !settings) throw new ConfigurationError(mistakes.join('\n'));
  return { ...options, settings };
}

/** Adds the lines of a `ConfigurationError` to those there are. */
function collect<T>(read: () => T, mistakes: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    mistakes.push(error.message);
    return undefined;
  }
}

function parseFlags(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const text = { type: 'string' } as const;
  const options = { fast: { type: 'boolean' } as const, ...Object.fromEntries(FLAGS.map(([flag]) => [flag, text])) };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ConfigurationError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
