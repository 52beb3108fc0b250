/** Every scenario that the kit plays to a server. */
import { cap, capReconnect } from './cap.js';
import { cancel, conflict, create } from './control.js';
import { badCursor, evicted, unknownCursor } from './cursors.js';
import { afterTheEnd, error } from './ended.js';
import { authorization, badStreamId, limit, oddStreamId, traceHostile } from './identity.js';
import { accept, compression, cors, head, http2 } from './negotiation.js';
import { injection, shutdown, slowReader } from './operations.js';
import { readThrough } from './read-through.js';
import { readers } from './readers.js';
import { cutAndResume, replayCut } from './resume.js';
import type { Scenario } from './scenario.js';

export const serverScenarios: readonly Scenario[] = [
  readThrough,
  cap,
  capReconnect,
  slowReader,
  cutAndResume,
  readers,
  replayCut,
  afterTheEnd,
  badCursor,
  unknownCursor,
  evicted,
  error,
  cancel,
  create,
  conflict,
  compression,
  accept,
  cors,
  head,
  http2,
  traceHostile,
  badStreamId,
  oddStreamId,
  authorization,
  limit,
  injection,
  shutdown,
];
