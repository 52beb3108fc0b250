/** The demonstration server's configuration: flags over environment over defaults, one line per mistake. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../settings.js';

export interface DemoOptions {
  readonly host: string;
  readonly port: number;
  /** Seconds, as the next two. */
  readonly heartbeatInterval: number;
  readonly silenceThreshold: number;
  readonly maxSeconds: number;
  readonly chunkDelayMs: number;
  /** Time that running streams get at shutdown, milliseconds. */
  readonly graceMs: number;
  readonly logLevel: string;
}

interface Parameter {
  readonly flag: string;
  readonly environment: string;
  readonly usual: number;
  /** With `--fast`: a whole life in three seconds. */
  readonly fast: number;
  readonly help: string;
}

const PARAMETERS = {
  heartbeatInterval: {
    flag: 'heartbeat',
    environment: 'HEARTBEAT_INTERVAL',
    usual: 5,
    fast: 0.2,
    help: 'seconds between heartbeats',
  },
  silenceThreshold: {
    flag: 'silence',
    environment: 'SILENCE_THRESHOLD',
    usual: 15,
    fast: 0.6,
    help: 'seconds of silence after which clients reconnect',
  },
  maxSeconds: {
    flag: 'cap',
    environment: 'STREAM_MAX_SECONDS',
    usual: 60,
    fast: 3,
    help: 'longest life of a stream, seconds',
  },
  chunkDelayMs: {
    flag: 'chunk-delay',
    environment: 'CHUNK_DELAY_MS',
    usual: 50,
    fast: 8,
    help: 'milliseconds between chunks',
  },
  port: { flag: 'port', environment: 'PORT', usual: 8080, fast: 8080, help: 'port; 0 for a free one' },
  graceMs: {
    flag: 'grace',
    environment: 'SHUTDOWN_GRACE_MS',
    usual: 0,
    fast: 0,
    help: 'milliseconds for running streams at shutdown',
  },
} as const satisfies Record<string, Parameter>;

const NAMES = ['heartbeatInterval', 'silenceThreshold', 'maxSeconds', 'chunkDelayMs', 'port', 'graceMs'] as const;

export const USAGE = [
  'Usage: main.js [--fast] [--host 127.0.0.1] [--log-level warn]',
  ...NAMES.map((name) => PARAMETERS[name]).map(
    ({ flag, environment, usual, help }) => `  ${`--${flag} <n>`.padEnd(18)}${help} (${environment}, default ${usual})`,
  ),
].join('\n');

/** Throws a `ConfigurationError`. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): DemoOptions {
  const flags = parseFlags(args);
  const mistakes: string[] = [];
  const numberOf = (name: (typeof NAMES)[number]): number => {
    const { flag, environment: variable, usual, fast } = PARAMETERS[name];
    const text = flags[flag] ?? environment[variable];
    if (text === undefined) return flags.fast === true ? fast : usual;
    if (typeof text === 'string' && /^\d+(\.\d+)?$/.test(text)) return Number(text);
    const source = flags[flag] === undefined ? variable : `--${flag}`;
    mistakes.push(`${source} must be a decimal number, not ${JSON.stringify(text)}`);
    return usual;
  };
  const options = {
    heartbeatInterval: numberOf('heartbeatInterval'),
    silenceThreshold: numberOf('silenceThreshold'),
    maxSeconds: numberOf('maxSeconds'),
    chunkDelayMs: numberOf('chunkDelayMs'),
    port: numberOf('port'),
    graceMs: numberOf('graceMs'),
    host: String(flags.host ?? environment.HOST ?? '127.0.0.1'),
    logLevel: String(flags['log-level'] ?? environment.LOG_LEVEL ?? 'warn'),
  };
  if (!Number.isInteger(options.port) || options.port > 65_535) {
    mistakes.push(`--port must be a whole number from 0 to 65535, not ${options.port}`);
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.join('\n'));
  return options;
}

function parseFlags(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        fast: { type: 'boolean' },
        help: { type: 'boolean' },
        host: text,
        'log-level': text,
        ...Object.fromEntries(NAMES.map((name) => [PARAMETERS[name].flag, text])),
      },
    }).values;
  } catch (error) {
    throw new ConfigurationError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
