/** Rules on servers of the chapter on events. */
import { serverRules } from '../../judge/rule.js';
import { eventData } from './event-data.js';
import { eventInjection } from './event-injection.js';
import { eventLines } from './event-lines.js';

export const event = serverRules('EVENT', { ...eventLines, ...eventData, ...eventInjection });
