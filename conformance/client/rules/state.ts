/** The rules on clients of the chapter on states. */
import { clientRules } from '../../judge/rule.js';
import { page } from './state-page.js';
import { sequence } from './state-sequence.js';
import { shown } from './state-shown.js';

export const state = clientRules('STATE', { ...sequence, ...shown, ...page });
