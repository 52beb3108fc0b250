/** Rules on servers of the chapter on heartbeats and silence. */
import { serverRules } from '../../judge/rule.js';
import { heartbeatData } from './heartbeat-data.js';
import { heartbeatHead } from './heartbeat-head.js';
import { heartbeatRate } from './heartbeat-rate.js';
import { heartbeatRemaining } from './heartbeat-remaining.js';

export const heartbeat = serverRules('HEARTBEAT', {
  ...heartbeatRate,
  ...heartbeatData,
  ...heartbeatRemaining,
  ...heartbeatHead,
});
