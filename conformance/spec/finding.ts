/** What the lint of the written spec found: a value, never a throw. */

export type SpecRule =
  | 'requirement-heading'
  | 'one-block-quote'
  | 'one-sentence'
  | 'one-key-word'
  | 'subject'
  | 'stray-key-word'
  | 'duplicate-field'
  | 'unknown-area'
  | 'one-area'
  | 'unique-id'
  | 'ascending-ids'
  | 'unknown-reference'
  | 'dead-link'
  | 'dead-anchor'
  | 'frozen-id'
  | 'frozen-key-word'
  | 'frozen-level'
  | 'frozen-role'
  | 'rule-or-reason'
  | 'example';

export interface SpecFinding {
  /** File name of the chapter. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly rule: SpecRule;
  /** What was expected, what stands there, what to do. */
  readonly message: string;
}

/** One line a finding, as compilers write it: `40-ids.md:12 one-key-word …`. */
export function formatFinding(finding: SpecFinding): string {
  return `${finding.file}:${finding.line} ${finding.rule}: ${finding.message}`;
}
