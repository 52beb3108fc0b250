/** What a requirement of the written spec is, and which level its area belongs to. */

export type Keyword = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY';

export type SpecLevel = 'Core' | 'Live' | 'Resume' | 'Operations';

/** One entry of `requirements.json`. */
export interface Requirement {
  /** Area and number, such as `REPLAY-003`; never renumbered, never used again. */
  readonly id: string;
  readonly title: string;
  readonly role: 'server' | 'client';
  readonly keyword: Keyword;
  readonly level: SpecLevel;
  /** The sentence as written, backticks kept, on one line. */
  readonly sentence: string;
  /** File name of the chapter. */
  readonly chapter: string;
  /** Line of the heading, from 1. */
  readonly line: number;
  readonly why?: string;
  /** The reason why no test can show it. */
  readonly notTestable?: string;
  readonly since?: string;
  readonly retired?: string;
}

/** The file `spec/<version>/requirements.json`. */
export interface RequirementsFile {
  readonly spec: string;
  readonly requirements: readonly Requirement[];
}

/** The order is that of the grades; `Operations` stands beside them. */
export const specLevels: readonly SpecLevel[] = ['Core', 'Live', 'Resume', 'Operations'];

/** The level of each area of requirement ids. */
export const levelOfArea: ReadonlyMap<string, SpecLevel> = new Map([
  ['EVENT', 'Core'],
  ['HTTP', 'Core'],
  ['END', 'Core'],
  ['TRACE', 'Core'],
  ['HEARTBEAT', 'Live'],
  ['CAP', 'Live'],
  ['STATE', 'Live'],
  ['ID', 'Resume'],
  ['REPLAY', 'Resume'],
  ['RETRY', 'Resume'],
  ['DEDUPE', 'Resume'],
  ['OPS', 'Operations'],
]);

/** The form of a requirement id. */
export const requirementIdPattern = /^[A-Z]{2,16}-\d{3}$/;

/** The area of an id: `REPLAY` of `REPLAY-003`. */
export function areaOf(id: string): string {
  return id.slice(0, id.lastIndexOf('-'));
}

/** The number of an id: 3 of `REPLAY-003`. */
export function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}
