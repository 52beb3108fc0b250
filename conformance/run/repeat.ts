/** What is played again because this machine was too busy for its times to be trusted, and what then counts. */
import type { Transcript } from '../evidence/types.js';
import { ruleOf } from '../judge/report.js';
import { LAG_MS } from '../judge/tolerances.js';
import type { RequirementResult } from '../judge/verdict.js';
import type { Rules } from './judge-with.js';

/** A kit that lags this much shares a busy machine, maybe with its target: a failure by time is looked at again. */
const BUSY_MS = 50;

/** The evidence of a result names this many places at most; there may be more. */
const PLACES_NAMED = 5;

/** Names of scenarios by the id of the requirement that is to be judged again. */
export type Repetitions = ReadonlyMap<string, readonly string[]>;

/** `transcripts` are those that the results were judged from. */
export function findRepetitions(
  rules: Rules,
  results: readonly RequirementResult[],
  transcripts: readonly Pick<Transcript, 'scenario' | 'lagMs' | 'outcome'>[],
): Repetitions {
  const found = new Map<string, readonly string[]>();
  for (const result of results) {
    const names = scenariosOf(result, rules, transcripts);
    if (names.length > 0) {
      found.set(result.id, names);
    }
  }
  return found;
}

function scenariosOf(
  result: RequirementResult,
  rules: Rules,
  transcripts: readonly Pick<Transcript, 'scenario' | 'lagMs' | 'outcome'>[],
): readonly string[] {
  const rule = ruleOf(rules, result.id);
  const lagged = (lagMs: number) => transcripts.filter((one) => one.lagMs > lagMs).map(({ scenario }) => scenario);
  const from = rule?.from ?? [];
  const seen = [...new Set(result.evidence.map(({ scenario }) => scenario))];
  switch (result.verdict) {
    case 'inconclusive':
      return lagged(LAG_MS).filter((name) =>
        result.evidence.length === 0 || result.evidence.length >= PLACES_NAMED
          ? from.includes(name)
          : seen.includes(name),
      );
    case 'fail':
    case 'warn': {
      const busy = rule?.timed === true ? lagged(BUSY_MS) : [];
      // What was seen in a quiet scenario too stands.
      return seen.every((name) => busy.includes(name)) ? seen : [];
    }
    case 'not-observed': {
      const late = transcripts.filter(({ outcome }) => outcome === 'timeout').map(({ scenario }) => scenario);
      return lagged(LAG_MS).filter((name) => late.includes(name) && from.includes(name));
    }
    default:
      return [];
  }
}

/** The second judgement counts for what was to be judged again, and where it saw anything; the first for the rest. */
export function mergeAttempts(
  first: readonly RequirementResult[],
  second: readonly RequirementResult[],
  repetitions: Repetitions,
): readonly RequirementResult[] {
  return first.map((result) => {
    const again = repetitions.has(result.id) ? second.find(({ id }) => id === result.id) : undefined;
    return again === undefined || again.verdict === 'not-observed' ? result : again;
  });
}
