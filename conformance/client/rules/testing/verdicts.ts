/** What the rules on clients see in transcripts, and the form of their cases. */
import { evidenceOf } from '../../../evidence/fixture.js';
import type { Transcript } from '../../../evidence/types.js';
import type { Sighting } from '../../../judge/rule.js';
import { clientRuleBook } from '../index.js';

/** Transcripts in which a rule sees that all is right, and those in which it sees each fault. */
interface RuleCase {
  readonly right: readonly Transcript[];
  readonly wrong: Readonly<Record<string, readonly Transcript[]>>;
  /** Requirements that cannot be kept where this one is broken. */
  readonly also?: readonly string[];
}

export type RuleCases = Readonly<Record<string, RuleCase>>;

const rules = Object.entries(clientRuleBook);

/** The kinds of what a rule saw, each once. */
export function kindsOf(id: string, transcripts: readonly Transcript[]): readonly Sighting['kind'][] {
  const rule = rules.find(([name]) => name === id)?.[1];
  if (rule === undefined) {
    throw new Error(`there is no rule ${id}`);
  }
  return [...new Set([...rule.judge(evidenceOf(...transcripts))].map(({ kind }) => kind))].sort();
}

/** The requirements that the rules hold against a client. */
export function brokenIn(transcripts: readonly Transcript[]): readonly string[] {
  return rules.map(([id]) => id).filter((id) => kindsOf(id, transcripts).includes('wrong'));
}

/** The requirements that the rules find kept. */
export function keptIn(transcripts: readonly Transcript[]): readonly string[] {
  return rules.map(([id]) => id).filter((id) => kindsOf(id, transcripts).includes('right'));
}

/** For `it.each`: a row for each fault. */
export function faultsOf(cases: RuleCases) {
  return Object.entries(cases).flatMap(([id, { wrong, also = [] }]) =>
    Object.entries(wrong).map(([what, transcripts]) => ({ id, what, transcripts, expected: [id, ...also].sort() })),
  );
}

/** The same requests with everything that shows what they are about taken away: nobody came. */
export function withoutConnections(transcripts: readonly Transcript[]): readonly Transcript[] {
  return transcripts.map((transcript) => ({ ...transcript, connections: [] }));
}
