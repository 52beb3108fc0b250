/** Every rule on servers, by the id of its requirement. */

import type { RequirementId } from '../../../schemas/1.0/types/requirement-id.js';
import type { Rule } from '../../judge/rule.js';
import { cap } from './cap.js';
import { end } from './end.js';
import { event } from './event.js';
import { heartbeat } from './heartbeat.js';
import { http } from './http.js';
import { id } from './id.js';
import { ops } from './ops.js';
import { replay } from './replay.js';
import { trace } from './trace.js';

export const serverRuleBook: { readonly [K in RequirementId<'server'>]?: Rule } = {
  ...http,
  ...event,
  ...id,
  ...heartbeat,
  ...cap,
  ...end,
  ...replay,
  ...trace,
  ...ops,
};
