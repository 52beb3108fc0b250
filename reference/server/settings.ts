/** The parameters of a handler: defaults, and one clear line per mistake. */
import type { Settings } from './types.js';

export const DEFAULT_SETTINGS: Settings = {
  heartbeatInterval: 5,
  silenceThreshold: 15,
  maxSeconds: 60,
  retention: 60,
  maxBufferedBytes: 1024 * 1024,
  maxBodyBytes: 1024 * 1024,
  maxReadersPerStream: 100,
  allowedOrigins: '*',
  adaptiveHeartbeat: false,
  gzip: false,
};

/** Thrown for settings that the spec forbids; the message has one line per mistake. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Fills in the defaults. Throws a `ConfigurationError`. */
export function checkSettings(given: Partial<Settings>): Settings {
  const settings = { ...DEFAULT_SETTINGS, ...given };
  const { heartbeatInterval, silenceThreshold } = settings;
  const bounds: readonly [keyof Settings, number, number][] = [
    ['heartbeatInterval', 0.05, 15],
    ['silenceThreshold', 0.05, 86_400],
    ['maxSeconds', 0.05, 86_400],
    ['retention', 60, 86_400],
    ['maxBufferedBytes', 65_536, Number.MAX_SAFE_INTEGER],
    ['maxBodyBytes', 0, Number.MAX_SAFE_INTEGER],
    ['maxReadersPerStream', 1, Number.MAX_SAFE_INTEGER],
  ];
  const mistakes = bounds
    .filter(([name, least, most]) => !(Number(settings[name]) >= least && Number(settings[name]) <= most))
    .map(([name, least, most]) => `${name} must be a number from ${least} to ${most}, not ${settings[name]}`);
  // HEARTBEAT-006: with rounding of the product allowed for.
  if (silenceThreshold < heartbeatInterval * 3 - 1e-9) {
    mistakes.push(
      `silenceThreshold must be at least 3 x heartbeatInterval = ${heartbeatInterval * 3}, not ${silenceThreshold}`,
    );
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.join('\n'));
  return settings;
}
