/** All faulty twins of the reference client, and the clients that do nothing. */
import { backoffTwins } from './backoff.js';
import { dedupeTwins } from './dedupe.js';
import { endTwins } from './end.js';
import { eventTwins } from './event.js';
import type { FaultyClient } from './faulty-client.js';
import { heartbeatTwins } from './heartbeat.js';
import { httpTwins } from './http.js';
import { naiveTwins } from './naive.js';
import { retryTwins } from './retry.js';
import { stateTwins } from './state.js';

export type { FaultyClient } from './faulty-client.js';
export { nullClients } from './nulls.js';
export { soundClients } from './sound.js';

export const clientTwins: readonly FaultyClient[] = [
  ...httpTwins,
  ...eventTwins,
  ...heartbeatTwins,
  ...endTwins,
  ...retryTwins,
  ...backoffTwins,
  ...dedupeTwins,
  ...stateTwins,
  ...naiveTwins,
];
