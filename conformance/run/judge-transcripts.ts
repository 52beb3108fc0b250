/** Judges the transcripts of a server again, without the server. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Transcript } from '../evidence/types.js';
import { KitError } from '../kit-error.js';
import { serverRuleBook } from '../server/rules/index.js';
import { type JudgingOptions, judgeWith } from './judge-with.js';

export type { JudgingOptions } from './judge-with.js';

/** Throws `KitError` (`usage`) for no transcripts, those of a client or of several runs, or an unknown id in the options. */
export function judgeTranscripts(transcripts: readonly Transcript[], options: JudgingOptions): Report {
  if (transcripts.some(({ role }) => role === 'client')) {
    throw new KitError('usage', 'expected transcripts of a server, got those of a client: use the command for clients');
  }
  return judgeWith(serverRuleBook, transcripts, options);
}
