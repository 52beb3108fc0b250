/** All faulty twins of the reference server, and the targets that do nothing. */
import { capAndEndTwins } from './cap-and-end.js';
import { cursorTwins } from './cursor.js';
import { eventTwins } from './event.js';
import type { FaultyServer } from './faulty-server.js';
import { heartbeatTwins } from './heartbeat.js';
import { httpHeaderTwins } from './http-headers.js';
import { httpPrincipalTwins } from './http-principals.js';
import { httpRequestTwins } from './http-requests.js';
import { httpStreamTwins } from './http-streams.js';
import { idTwins } from './id.js';
import { operationsTwins } from './operations.js';
import { replayTwins } from './replay.js';
import { traceTwins } from './trace.js';

export type { FaultyServer } from './faulty-server.js';
export { type NullTarget, nulls } from './nulls.js';
export { type SoundServer, sound } from './sound.js';

export const twins: readonly FaultyServer[] = [
  ...httpHeaderTwins,
  ...httpRequestTwins,
  ...httpStreamTwins,
  ...httpPrincipalTwins,
  ...eventTwins,
  ...idTwins,
  ...heartbeatTwins,
  ...capAndEndTwins,
  ...cursorTwins,
  ...replayTwins,
  ...traceTwins,
  ...operationsTwins,
];
