/** Profiles by name: the six scenarios of the resilience report, and single faults. */
import type { Faults, LinkShape } from '../../schemas/1.0/types/faults.js';

export const SLOW_3G: LinkShape = { latencyMs: 150, jitterMs: 30, bytesPerSecond: 12_500 };
export const WIFI: LinkShape = { latencyMs: 10, jitterMs: 2, bytesPerSecond: 6_250_000 };
export const FOUR_G: LinkShape = { latencyMs: 50, jitterMs: 10, bytesPerSecond: 1_250_000 };

/** Where a scenario breaks: 20 of its 50 events have come. */
const AFTER = { events: 20 };

/** The first six are the scenarios, in their order. */
export const profiles = {
  'slow-3g': {
    description: '100 kbit/s, 150 ms and a fifth of that more or less.',
    down: SLOW_3G,
    up: { bytesPerSecond: 12_500 },
  },
  stall: {
    description: 'Nothing more comes after 20 events, once; all stays open.',
    faults: [{ action: 'stall', after: AFTER, times: 1 }],
  },
  lossy: {
    description: 'One event in ten is lost, and takes its connection with it.',
    lossRate: 0.1,
  },
  handoff: {
    description: 'Wi-Fi, then half a second of nothing after 20 events, then 4G.',
    down: WIFI,
    faults: [
      { action: 'reset', after: AFTER, times: 1, everywhere: true, afterwards: { offlineMs: 500, down: FOUR_G } },
    ],
  },
  flaky: {
    description: 'Off and on three times: a reset after 20 events, and two attempts that fail.',
    faults: [{ action: 'reset', after: AFTER, times: 1, everywhere: true, afterwards: { refuse: 2 } }],
  },
  interrupted: {
    description: 'A reset after 20 events and one attempt that fails: everything that a user is to be told of.',
    faults: [{ action: 'reset', after: AFTER, times: 1, everywhere: true, afterwards: { refuse: 1 } }],
  },
  offline: {
    description: 'Every connection is reset as it opens.',
    offline: true,
  },
  'half-open': {
    description: 'After 20 events the server is gone and the client is not told, once.',
    faults: [{ action: 'half-open', after: AFTER, times: 1 }],
  },
  ghost: {
    description: 'After 20 events the client is gone and the server is not told, once.',
    faults: [{ action: 'ghost', after: AFTER, times: 1 }],
  },
  reset: {
    description: 'A reset after every 5 events.',
    faults: [{ action: 'reset', after: { events: 5 } }],
  },
  close: {
    description: 'An end after every 5 events, as of a server that has no more to say.',
    faults: [{ action: 'close', after: { events: 5 } }],
  },
  cut: {
    description: 'A reset after 2000 bytes, wherever that is, in the middle of an event most likely.',
    faults: [{ action: 'reset', after: { bytes: 2000 } }],
  },
} as const satisfies Readonly<Record<string, Faults>>;

export type ProfileName = keyof typeof profiles;

/** The profile of that name. */
export function findProfile(name: string): Faults | undefined {
  return Object.entries<Faults>(profiles).find(([known]) => known === name)?.[1];
}

/** What a profile does that takes looking into HTTP: behind TLS it would never happen. */
export function needsPlainHttp({ lossRate = 0, faults = [] }: Faults): boolean {
  return lossRate > 0 || faults.some(({ after }) => after.events !== undefined);
}
