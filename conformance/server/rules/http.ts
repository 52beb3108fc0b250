/** The rules on servers of the chapter HTTP. */
import { serverRules } from '../../judge/rule.js';
import { authorizationRules } from './http-authorization.js';
import { compressionRules } from './http-compression.js';
import { creationRules } from './http-creation.js';
import { crossOriginRules } from './http-cross-origin.js';
import { headRules } from './http-head.js';
import { headerRules } from './http-headers.js';
import { lifeRules } from './http-life.js';
import { refusalRules } from './http-refusals.js';
import { scoped } from './rule-scope.js';

export const http = serverRules(
  'HTTP',
  scoped({
    ...headerRules,
    ...crossOriginRules,
    ...compressionRules,
    ...refusalRules,
    ...headRules,
    ...creationRules,
    ...lifeRules,
    ...authorizationRules,
  }),
);
