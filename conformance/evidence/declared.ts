/** Which parameters are in force on a connection: the first heartbeat's, else the headers', else the defaults. */
import type { Declared } from './types.js';

/** Defaults of the protocol (rulings 24 and 26), seconds. */
const DEFAULTS = { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 60 } as const;

/** Range of every parameter (HTTP-012), seconds. */
const SHORTEST_SECONDS = 0.05;
const LONGEST_SECONDS = 86_400;

type Parameter = keyof typeof DEFAULTS;

const HEADER: Readonly<Record<Parameter, string>> = {
  heartbeatInterval: 'x-heartbeat-interval',
  silenceThreshold: 'x-silence-threshold',
  maxSeconds: 'x-stream-max-seconds',
};

const MEMBER: Readonly<Record<Parameter, string>> = {
  heartbeatInterval: 'heartbeat_interval',
  silenceThreshold: 'silence_threshold',
  maxSeconds: 'max_duration',
};

/** Seconds of a parameter header; undefined where it is absent, unparsable or out of range (HTTP-012, HTTP-013). */
export function secondsOfHeader(value: string | undefined): number | undefined {
  if (value === undefined || !/^[0-9]{1,5}(\.[0-9]{1,3})?$/.test(value)) {
    return undefined;
  }
  return secondsInRange(Number(value));
}

/** Seconds of a heartbeat's member; undefined where it is no number in range. */
export function secondsOfMember(value: unknown): number | undefined {
  return typeof value === 'number' ? secondsInRange(value) : undefined;
}

function secondsInRange(seconds: number): number | undefined {
  return seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** The parameters in force (rulings 10 and 11). */
export function declare(
  header: (name: string) => string | undefined,
  firstHeartbeat: Readonly<Record<string, unknown>> | undefined,
): Declared {
  const pick = (parameter: Parameter): { seconds: number; by: 'header' | 'heartbeat' | 'default' } => {
    const inBand = secondsOfMember(firstHeartbeat?.[MEMBER[parameter]]);
    if (inBand !== undefined) {
      return { seconds: inBand, by: 'heartbeat' };
    }
    const inHeader = secondsOfHeader(header(HEADER[parameter]));
    return inHeader !== undefined
      ? { seconds: inHeader, by: 'header' }
      : { seconds: DEFAULTS[parameter], by: 'default' };
  };
  const heartbeatInterval = pick('heartbeatInterval');
  const silenceThreshold = pick('silenceThreshold');
  const maxSeconds = pick('maxSeconds');
  return {
    heartbeatInterval: heartbeatInterval.seconds,
    silenceThreshold: silenceThreshold.seconds,
    maxSeconds: maxSeconds.seconds,
    declaredBy: {
      heartbeatInterval: heartbeatInterval.by,
      silenceThreshold: silenceThreshold.by,
      maxSeconds: maxSeconds.by,
    },
  };
}
