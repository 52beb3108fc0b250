/** From sightings to the verdict on one requirement: the table of verdicts, in one place. */
import type { Report } from '../../schemas/1.0/types/report.js';
import type { Evidence, ScenarioView } from '../evidence/types.js';
import type { Requirement } from '../spec/requirement.js';
import type { Place, Rule, Sighting } from './rule.js';
import { LAG_MS } from './tolerances.js';

export type RequirementResult = Report['requirements'][number];
export type Verdict = RequirementResult['verdict'];

/** More than this many sightings of one fault tell nothing new. */
const EVIDENCE_ITEMS = 5;

/** A rule that yields more than this is not looked at further: a hostile stream has millions of events. */
const SIGHTINGS = 1_000_000;

/** Faults kept of one rule: more than enough for the evidence, and bounded memory. */
const WRONG_KEPT = 1000;

const EXCERPT_CHARACTERS = 300;

type Wrong = Extract<Sighting, { kind: 'wrong' }>;

interface Tally {
  readonly sightings: number;
  readonly wrong: readonly Wrong[];
  readonly right: number;
  readonly notApplicable: string | undefined;
}

export interface JudgeOptions {
  /** A broken SHOULD is `fail`, not `warn`. */
  readonly strict: boolean;
}

/** The row of the report for one requirement. Never throws: what a rule throws becomes `kit-error`. */
export function judgeRequirement(
  requirement: Requirement,
  rule: Rule | undefined,
  evidence: Evidence,
  options: JudgeOptions,
): RequirementResult {
  const { id, title, role, keyword, level, chapter, sentence } = requirement;
  const row = { id, title, role, keyword, level, chapter, sentence };
  const plain = (verdict: Verdict, sightings: number, reason?: string): RequirementResult => ({
    ...row,
    verdict,
    sightings,
    evidence: [],
    ...(reason === undefined ? {} : { reason }),
  });

  if (requirement.notTestable !== undefined) {
    return plain('untestable', 0, requirement.notTestable);
  }
  if (rule === undefined) {
    return keyword === 'MAY'
      ? plain('not-applicable', 0, 'It permits something and asks for nothing.')
      : plain('not-observed', 0, 'This version of the kit has no rule for it.');
  }
  let tally: Tally;
  try {
    tally = count(rule.judge(evidence));
  } catch (cause) {
    return plain('kit-error', 0, `The rule broke: ${messageOf(cause)}. This is a fault of the kit: please report it.`);
  }
  if (keyword === 'MAY' && tally.wrong.length > 0) {
    return plain('not-applicable', tally.sightings, 'It permits something and asks for nothing.');
  }
  if (tally.wrong.length > 0) {
    const trusted = rule.timed === true ? tally.wrong.filter((wrong) => !lagged(evidence, wrong.at)) : tally.wrong;
    if (trusted.length === 0) {
      return {
        ...plain('inconclusive', tally.sightings, reasonOfLag(evidence, tally.wrong)),
        evidence: onePerScenario(tally.wrong).slice(0, EVIDENCE_ITEMS).map(itemOf),
      };
    }
    return {
      ...plain(options.strict || keyword.startsWith('MUST') ? 'fail' : 'warn', tally.sightings),
      mend: rule.mend,
      evidence: trusted.slice(0, EVIDENCE_ITEMS).map(itemOf),
    };
  }
  if (tally.right > 0) {
    return plain('pass', tally.sightings);
  }
  if (tally.notApplicable !== undefined) {
    return plain('not-applicable', tally.sightings, tally.notApplicable);
  }
  const broken = rule.from.map((name) => evidence.scenario(name)).find((scenario) => scenario?.outcome === 'kit-error');
  if (broken !== undefined) {
    return plain('kit-error', 0, `The scenario ${broken.scenario} broke: ${broken.reason ?? 'no reason given'}.`);
  }
  return plain('not-observed', 0, reasonOfSilence(rule, evidence));
}

/** The first of each scenario: they show where to look again. */
function onePerScenario(wrong: readonly Wrong[]): readonly Wrong[] {
  const seen = new Set<string>();
  return wrong.filter(({ at }) => !seen.has(at.scenario) && seen.add(at.scenario));
}

function count(sightings: Iterable<Sighting>): Tally {
  const wrong: Wrong[] = [];
  let right = 0;
  let seen = 0;
  let notApplicable: string | undefined;
  for (const sighting of sightings) {
    seen += 1;
    if (sighting.kind === 'wrong') {
      if (wrong.length < WRONG_KEPT) {
        wrong.push(sighting);
      }
    } else if (sighting.kind === 'right') {
      right += 1;
    } else {
      notApplicable ??= sighting.reason;
    }
    if (seen >= SIGHTINGS) {
      break;
    }
  }
  return { sightings: seen, wrong, right, notApplicable };
}

function lagged(evidence: Evidence, at: Place): boolean {
  return lagOf(evidence.scenario(at.scenario)) > LAG_MS;
}

function lagOf(scenario: ScenarioView | undefined): number {
  return scenario?.lagMs ?? 0;
}

function reasonOfLag(evidence: Evidence, wrong: readonly Wrong[]): string {
  const scenarios = wrong.slice(0, EVIDENCE_ITEMS).map(({ at }) => evidence.scenario(at.scenario));
  const lagMs = Math.round(Math.max(...scenarios.map(lagOf)));
  const isOfClient = scenarios.some((scenario) => scenario?.role === 'client');
  const who = isOfClient ? 'The kit, or the client, could not run' : 'The kit could not run';
  return `${who} for ${lagMs} ms although it was its turn, more than the ${LAG_MS} ms up to which times are trusted. Run it again on a quieter machine.`;
}

/** How to give the occasion, and what became of the scenarios that look for it. */
function reasonOfSilence(rule: Rule, evidence: Evidence): string {
  const reasons = rule.from.flatMap((name) => {
    const scenario = evidence.scenario(name);
    if (scenario === undefined || scenario.outcome === 'done') {
      return [];
    }
    return scenario.reason === undefined ? [`${name}: ${scenario.outcome}`] : [`${name}: ${scenario.reason}`];
  });
  return reasons.length === 0 ? rule.occasion : `${rule.occasion} (${reasons.join('; ')})`;
}

function itemOf({ at, expected, actual }: Wrong): RequirementResult['evidence'][number] {
  return {
    scenario: at.scenario,
    ...(at.connection === undefined ? {} : { connection: at.connection }),
    ...(at.atMs === undefined ? {} : { atMs: Math.round(at.atMs * 10) / 10 }),
    ...(at.offset === undefined ? {} : { offset: at.offset }),
    ...(at.excerpt === undefined ? {} : { excerpt: at.excerpt.slice(0, EXCERPT_CHARACTERS) }),
    expected: bounded(expected),
    actual: bounded(actual),
  };
}

/** What a target sent may stand in these texts. */
function bounded(text: string): string {
  return text.length > 2 * EXCERPT_CHARACTERS ? `${text.slice(0, 2 * EXCERPT_CHARACTERS)}…` : text;
}

function messageOf(cause: unknown): string {
  return bounded((cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' '));
}
