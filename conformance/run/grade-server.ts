/** Grades a server by its URL, with every rule on servers. Prints nothing. */

import { serverRuleBook } from '../server/rules/index.js';
import { addressWithHostileInput } from './address.js';
import { runServer } from './run-server.js';
import type { GradeServer } from './types.js';

export const gradeServer: GradeServer = (options, onProgress) => {
  const { target } = options;
  const occasions = { injection: addressWithHostileInput(target.url), ...target.occasions };
  return runServer(serverRuleBook, { ...options, target: { ...target, occasions } }, onProgress);
};
