/** Rules on servers of the chapter on heartbeats and silence. */
import { serverRules } from '../../judge/rule.js';
import { heartbeatData } from './heartbeat-data.js';
import { heartbeatRate } from './heartbeat-rate.js';
import { heartbeatState } from './heartbeat-state.js';

export const heartbeat = serverRules('HEARTBEAT', { ...heartbeatRate, ...heartbeatData, ...heartbeatState });
