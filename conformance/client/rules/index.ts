/** The book of all rules on clients. */
import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';
import type { Rule } from '../../judge/rule.js';
import { dedupe } from './dedupe.js';
import { end } from './end.js';
import { event, id } from './event.js';
import { heartbeat } from './heartbeat.js';
import { http } from './http.js';
import { retry } from './retry.js';
import { state } from './state.js';
import { trace } from './trace.js';

/** Rules by requirement; requirements that no kit can see have none. */
export const clientRuleBook: Readonly<Partial<Record<RequirementId<'client'>, Rule>>> = {
  ...http,
  ...event,
  ...id,
  ...heartbeat,
  ...end,
  ...retry,
  ...dedupe,
  ...state,
  ...trace,
};
