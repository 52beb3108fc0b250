/** The parameters of a handler: defaults, bounds, the environment, and one clear line per mistake. */
import type { Settings } from './types.js';

interface Bounds {
  /** Name of the environment variable. */
  readonly variable: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

const MIB = 1024 * 1024;
const ANY = Number.MAX_SAFE_INTEGER;

const NUMBERS = {
  // HEARTBEAT-005
  heartbeatInterval: { variable: 'HEARTBEAT_INTERVAL', usual: 5, least: 0.05, most: 15 },
  silenceThreshold: { variable: 'SILENCE_THRESHOLD', usual: 15, least: 0.05, most: 86_400 },
  maxSeconds: { variable: 'STREAM_MAX_SECONDS', usual: 60, least: 0.05, most: 86_400 },
  // REPLAY-020
  retention: { variable: 'REPLAY_RETENTION', usual: 60, least: 60, most: 86_400 },
  maxBufferedBytes: { variable: 'MAX_BUFFERED_BYTES', usual: MIB, least: 65_536, most: ANY },
  maxBodyBytes: { variable: 'MAX_BODY_BYTES', usual: MIB, least: 0, most: ANY },
  maxReadersPerStream: { variable: 'MAX_READERS_PER_STREAM', usual: 100, least: 4, most: ANY },
} as const satisfies Record<string, Bounds>;

type NumberName = keyof typeof NUMBERS;
const NAMES = Object.keys(NUMBERS).filter((name): name is NumberName => name in NUMBERS);

export const DEFAULT_SETTINGS: Settings = {
  heartbeatInterval: NUMBERS.heartbeatInterval.usual,
  silenceThreshold: NUMBERS.silenceThreshold.usual,
  maxSeconds: NUMBERS.maxSeconds.usual,
  retention: NUMBERS.retention.usual,
  maxBufferedBytes: NUMBERS.maxBufferedBytes.usual,
  maxBodyBytes: NUMBERS.maxBodyBytes.usual,
  maxReadersPerStream: NUMBERS.maxReadersPerStream.usual,
  allowedOrigins: '*',
  adaptiveHeartbeat: false,
  gzip: false,
};

/** Thrown for settings that the spec forbids; the message has one line per mistake. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Fills in the defaults. Throws a `ConfigurationError` that calls each setting by its name here. */
export function checkSettings(given: Partial<Settings>): Settings {
  return check({ ...DEFAULT_SETTINGS, ...given }, (name) => name, []);
}

/** Settings from environment variables, the rest by default. Throws a `ConfigurationError` that names the variables. */
export function settingsFromEnvironment(environment: NodeJS.ProcessEnv): Settings {
  const mistakes: string[] = [];
  const settings = {
    heartbeatInterval: readNumber(environment, NUMBERS.heartbeatInterval, mistakes),
    silenceThreshold: readNumber(environment, NUMBERS.silenceThreshold, mistakes),
    maxSeconds: readNumber(environment, NUMBERS.maxSeconds, mistakes),
    retention: readNumber(environment, NUMBERS.retention, mistakes),
    maxBufferedBytes: readNumber(environment, NUMBERS.maxBufferedBytes, mistakes),
    maxBodyBytes: readNumber(environment, NUMBERS.maxBodyBytes, mistakes),
    maxReadersPerStream: readNumber(environment, NUMBERS.maxReadersPerStream, mistakes),
    allowedOrigins: readOrigins(environment.ALLOWED_ORIGINS),
    adaptiveHeartbeat: readSwitch(environment, 'ADAPTIVE_HEARTBEAT', mistakes),
    gzip: readSwitch(environment, 'GZIP', mistakes),
  };
  return check(settings, (name) => NUMBERS[name].variable, mistakes);
}

function check(settings: Settings, call: (name: NumberName) => string, mistakes: string[]): Settings {
  for (const name of NAMES) {
    const { least, most } = NUMBERS[name];
    if (settings[name] >= least && settings[name] <= most) continue;
    mistakes.push(`${call(name)} must be a number from ${least} to ${most}, not ${settings[name]}`);
  }
  const { heartbeatInterval, silenceThreshold } = settings;
  // HEARTBEAT-006: 3 x 0.2 is a little more than 0.6 in binary.
  if (silenceThreshold < heartbeatInterval * 3 - 1e-9) {
    const [threshold, interval] = [call('silenceThreshold'), call('heartbeatInterval')];
    mistakes.push(`${threshold} must be at least 3 x ${interval} = ${heartbeatInterval * 3}, not ${silenceThreshold}`);
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.join('\n'));
  return settings;
}

/** A decimal number from the environment; adds a line to `mistakes` for anything else. */
export function readNumber(
  environment: NodeJS.ProcessEnv,
  { variable, usual }: Pick<Bounds, 'variable' | 'usual'>,
  mistakes: string[],
): number {
  const text = environment[variable];
  if (text === undefined) return usual;
  if (/^\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  mistakes.push(`${variable} must be a decimal number, not ${JSON.stringify(text)}`);
  return usual;
}

function readSwitch(environment: NodeJS.ProcessEnv, variable: string, mistakes: string[]): boolean {
  const text = environment[variable] ?? 'false';
  if (text !== 'true' && text !== 'false') {
    mistakes.push(`${variable} must be true or false, not ${JSON.stringify(text)}`);
  }
  return text === 'true';
}

function readOrigins(text: string | undefined): Settings['allowedOrigins'] {
  if (text === undefined || text.trim() === '*') return '*';
  return text.split(',').map((origin) => origin.trim());
}
