/** Judges stored transcripts again, of a server or of a client, without either. */
import type { Report } from '../../schemas/1.0/types/report.js';
import { clientRuleBook } from '../client/rules/index.js';
import type { Transcript } from '../evidence/types.js';
import { serverRuleBook } from '../server/rules/index.js';
import { type JudgingOptions, judgeWith } from './judge-with.js';

export type { JudgingOptions } from './judge-with.js';

/** Throws `KitError` (`usage`) for no transcripts, those of several runs, or an unknown id in the options. */
export function judgeTranscripts(transcripts: readonly Transcript[], options: JudgingOptions): Report {
  const book = transcripts[0]?.role === 'client' ? clientRuleBook : serverRuleBook;
  return judgeWith(book, transcripts, options);
}
