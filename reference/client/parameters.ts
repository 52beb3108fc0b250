/** The parameters of a stream, as headers and heartbeats declare them. */
import type { Diagnostic, StreamOptions } from './types.js';

/** Seconds. */
export interface Parameters {
  heartbeatInterval: number;
  silenceThreshold: number;
  /** The cap: how long the stream lives at most. */
  maxSeconds: number;
}

const HEADERS = {
  heartbeatInterval: 'X-Heartbeat-Interval',
  silenceThreshold: 'X-Silence-Threshold',
  maxSeconds: 'X-Stream-Max-Seconds',
} as const;
const MEMBERS = {
  heartbeatInterval: 'heartbeat_interval',
  silenceThreshold: 'silence_threshold',
  maxSeconds: 'max_duration',
} as const;
const NAMES = ['heartbeatInterval', 'silenceThreshold', 'maxSeconds'] as const;

/** What holds until the server declares something else: the application's values, else the protocol's 5 s, 15 s and 60 s. */
export function defaultsOf(options: StreamOptions): Readonly<Parameters> {
  return {
    heartbeatInterval: options.heartbeatInterval ?? 5,
    silenceThreshold: options.silenceThreshold ?? 15,
    maxSeconds: 60,
  };
}

/** Decimal seconds, at most three decimals, 0.05 to 86400 (HTTP-012); undefined for anything else. */
function parseSeconds(text: string): number | undefined {
  if (!/^[0-9]{1,5}(\.[0-9]{1,3})?$/.test(text.trim())) {
    return undefined;
  }
  return inRange(Number(text));
}

function inRange(seconds: number): number | undefined {
  return seconds >= 0.05 && seconds <= 86_400 ? seconds : undefined;
}

/** Parameters from an answer's headers; what is absent or unusable takes the default. */
export function fromHeaders(
  header: (name: string) => string | null,
  defaults: Readonly<Parameters>,
  diagnose: (diagnostic: Diagnostic) => void,
): Parameters {
  const parameters = { ...defaults };
  for (const name of NAMES) {
    const text = header(HEADERS[name]);
    const seconds = text === null ? undefined : parseSeconds(text);
    // HTTP-013
    parameters[name] = seconds ?? defaults[name];
    // HTTP-014
    if (text !== null && seconds === undefined) {
      diagnose(unusable(HEADERS[name], text, defaults[name]));
    }
  }
  return parameters;
}

/** Lets the heartbeat's values win over what the headers said. */
// HTTP-037
export function fromHeartbeat(
  data: Readonly<Record<string, unknown>>,
  parameters: Parameters,
  diagnose: (diagnostic: Diagnostic) => void,
): void {
  for (const name of NAMES) {
    const value = data[MEMBERS[name]];
    const seconds = typeof value === 'number' ? inRange(value) : undefined;
    if (seconds !== undefined) {
      parameters[name] = seconds;
    } else if (value !== undefined) {
      diagnose(unusable(MEMBERS[name], String(value), parameters[name]));
    }
  }
}

function unusable(parameter: string, text: string, used: number): Diagnostic {
  const message = `${parameter}: expected seconds from 0.05 to 86400, got "${text.slice(0, 40)}"; using ${used}`;
  return { code: 'parameter-default', parameter, message };
}
