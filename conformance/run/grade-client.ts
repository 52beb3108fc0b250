/** Grades a client by the way in which it plugs in, with every rule on clients. Prints nothing. */
import { clientRuleBook } from '../client/rules/index.js';
import type { GradeClient } from './client-types.js';
import { runClient } from './run-client.js';

export const gradeClient: GradeClient = (options, onProgress) => runClient(clientRuleBook, options, onProgress);
