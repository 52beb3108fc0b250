/** How fast the scenarios go: scaled down for clients that read declared values, real time for those with fixed ones. */
import type { PlayedParameters } from './scenario.js';

export interface Pace {
  /** Where silence is not the point: a busy machine must not look like it. */
  readonly parameters: PlayedParameters;
  /** Where it is. */
  readonly brisk: PlayedParameters;
  /** Of the scenario `waiting`, which needs room between the moment of waiting and the silence threshold. */
  readonly waiting: PlayedParameters;
  /** Of the scenario in which header and heartbeat differ: what the heartbeat says. */
  readonly differing: PlayedParameters;
}

/** Small enough that all scenarios fit in a minute, large enough for a loaded machine. */
export const SCALED: Pace = {
  parameters: { heartbeatInterval: 1, silenceThreshold: 3, maxSeconds: 60 },
  brisk: { heartbeatInterval: 0.2, silenceThreshold: 0.6, maxSeconds: 60 },
  waiting: { heartbeatInterval: 0.4, silenceThreshold: 1.2, maxSeconds: 60 },
  differing: { heartbeatInterval: 0.5, silenceThreshold: 1.5, maxSeconds: 60 },
};

/** The protocol's defaults (HEARTBEAT-005, HEARTBEAT-006). */
export const REAL: Pace = {
  parameters: { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 60 },
  brisk: { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 60 },
  waiting: { heartbeatInterval: 5, silenceThreshold: 15, maxSeconds: 60 },
  differing: { heartbeatInterval: 7, silenceThreshold: 21, maxSeconds: 60 },
};

/** A client has 1 s beyond the threshold to notice a silence (HEARTBEAT-013); the rest is for the graceless ones to show. */
const BEYOND_SILENCE_MS = 4_000;

/** How long an open connection stays silent, so that a client that does not notice shows as one. */
export function stallMs(silenceThreshold: number): number {
  return silenceThreshold * 1000 + BEYOND_SILENCE_MS;
}
