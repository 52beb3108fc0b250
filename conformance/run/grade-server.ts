/** Grades a server by its URL, with every rule on servers. Prints nothing. */
import { serverRuleBook } from '../server/rules/index.js';
import { runServer } from './run-server.js';
import type { GradeServer } from './types.js';

export const gradeServer: GradeServer = (options, onProgress) => runServer(serverRuleBook, options, onProgress);
