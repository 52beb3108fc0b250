/** What the rules of these chapters see in transcripts. */
import { evidenceOf } from '../../../evidence/fixture.js';
import type { Evidence, Transcript } from '../../../evidence/types.js';
import type { Rule, Sighting } from '../../../judge/rule.js';
import { cap } from '../cap.js';
import { end } from '../end.js';
import { event } from '../event.js';
import { heartbeat } from '../heartbeat.js';
import { id } from '../id.js';
import { replay } from '../replay.js';
import type { Faults } from './faults.js';
import { simulateRun } from './simulated-run.js';

/** The rules of the chapters on events, ids, heartbeats, the cap, the end and replay. */
export const chapters: Readonly<Record<string, Rule>> = { ...event, ...id, ...heartbeat, ...cap, ...end, ...replay };

export function sightingsOf(name: string, transcripts: readonly Transcript[]): readonly Sighting[] {
  return look(name, evidenceOf(...transcripts));
}

function look(name: string, evidence: Evidence): readonly Sighting[] {
  const rule = chapters[name];
  if (rule === undefined) {
    throw new Error(`there is no rule ${name}`);
  }
  return [...rule.judge(evidence)];
}

/** The kinds of what a rule saw, each once. */
export function kindsOf(name: string, ...transcripts: readonly Transcript[]): readonly Sighting['kind'][] {
  return [...new Set(sightingsOf(name, transcripts).map(({ kind }) => kind))].sort();
}

/** Ids of the rules that saw this kind, and no fault where it is another. */
export function idsSeeing(kind: Sighting['kind'], transcripts: readonly Transcript[]): readonly string[] {
  const evidence = evidenceOf(...transcripts);
  return Object.keys(chapters).filter((name) => {
    const kinds = look(name, evidence).map((sighting) => sighting.kind);
    return kinds.includes(kind) && (kind === 'wrong' || !kinds.includes('wrong'));
  });
}

/** A fault, and what it breaks: the requirement it is for, and others that it cannot but break as well. */
export type FaultyTarget = readonly [broken: string, what: string, faults: Faults, also?: readonly string[]];

/** For `it.each`: what a run against each of these targets should break, and how to see what it does. */
export function targetsOf(faulty: readonly FaultyTarget[]): readonly {
  readonly what: string;
  readonly expected: readonly string[];
  broken(): readonly string[];
}[] {
  return faulty.map(([broken, what, faults, also = []]) => ({
    what: `${broken}: ${what}`,
    expected: [broken, ...also].sort(),
    broken: () => [...idsSeeing('wrong', simulateRun(faults))].sort(),
  }));
}
