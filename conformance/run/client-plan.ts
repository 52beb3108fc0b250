/** Which client scenarios a run plays, in which order, and about how long that takes. */
import type { Answer, ClientScenario, Step } from '../client/scenarios/scenario.js';
import { ruleOf } from '../judge/report.js';
import type { Requirement } from '../spec/requirement.js';
import type { Rules } from './judge-with.js';
import { type Shard, takeShard } from './shard.js';

export interface PlanOptions {
  readonly quick: boolean;
  readonly concurrency: number;
  /** True for scenarios that no rule of the selection looks at, too. */
  readonly everything: boolean;
  /** True for clients whose end is seen: processes. */
  readonly endsByItself: boolean;
  readonly shard?: Shard;
}

/** Shows that there is a client at all. */
const ALWAYS = 'whole';

/** From the start of a client to its first request, and its end. */
const START_MS = 400;

/** The delay of a first reconnection attempt is 1 s on average, of later ones without progress it doubles up to 5 s. */
const DELAYS_MS = [800, 1_600, 3_200, 4_000, 4_000] as const;

/** Wire answers that are given up without progress: a conforming client comes so often. */
const ATTEMPTS = 5;

/** A client that takes the recommended time to give up an attempt. */
const CONNECT_MS = 10_000;

/** Statuses after which a client waits (RETRY-002). */
const RETRIED: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface ClientPlan {
  /** Longest first. */
  readonly scenarios: readonly ClientScenario[];
  readonly skipped: readonly { readonly scenario: ClientScenario; readonly reason: string }[];
  /** About how long a conforming client takes for all of them. */
  readonly expectedMs: number;
}

export function planClientScenarios(
  all: readonly ClientScenario[],
  requirements: readonly Requirement[],
  rules: Rules,
  { quick, concurrency, everything, endsByItself, shard }: PlanOptions,
): ClientPlan {
  const looked = new Set([ALWAYS, ...requirements.flatMap(({ id }) => ruleOf(rules, id)?.from ?? [])]);
  const sorted = all
    .filter(({ name }) => everything || looked.has(name))
    .sort((one, other) => expectedMsOf(other, endsByItself) - expectedMsOf(one, endsByItself));
  const selected = takeShard(sorted, shard);
  const isLeftOut = ({ realTime }: ClientScenario): boolean => quick && realTime === true;
  const scenarios = selected.filter((scenario) => !isLeftOut(scenario));
  return {
    scenarios,
    skipped: selected.filter(isLeftOut).map((scenario) => ({ scenario, reason: 'left out because the run is quick' })),
    expectedMs: spanOf(
      scenarios.map((scenario) => expectedMsOf(scenario, endsByItself)),
      concurrency,
    ),
  };
}

/** How long a conforming client takes; one that does not end by itself is watched for a while longer. */
function expectedMsOf(scenario: ClientScenario, endsByItself: boolean): number {
  const { answers, parameters, settleMs } = scenario;
  const connections = [...answers, ...repeated(answers)];
  let withoutProgress = 0;
  let expected = START_MS;
  for (const [index, answer] of connections.entries()) {
    const silenceMs = parameters.silenceThreshold * 1000;
    expected += answer.kind === 'silence' ? Math.min(answer.atMostMs, CONNECT_MS) : lengthOf(answer, silenceMs);
    if (index < connections.length - 1 && withoutProgress < ATTEMPTS) {
      expected += DELAYS_MS[Math.min(withoutProgress, DELAYS_MS.length - 1)] ?? 0;
      withoutProgress = isLost(answer) ? withoutProgress + 1 : 0;
      if (withoutProgress > ATTEMPTS) {
        break;
      }
    }
  }
  return isLeftWaiting(scenario) || !endsByItself ? expected + settleMs : expected;
}

/** The last answer comes again and again; a client without progress is there until its attempts are used up. */
function repeated(answers: readonly Answer[]): readonly Answer[] {
  const last = answers.at(-1);
  const connections = ATTEMPTS + answers.filter((answer) => !isLost(answer)).length + 1;
  return last === undefined || !isLost(last)
    ? []
    : Array.from({ length: Math.max(0, connections - answers.length) }, () => last);
}

/** True where the only connection is lost and a conforming client does not come back while it is watched. */
function isLeftWaiting({ answers, stream }: ClientScenario): boolean {
  const [only] = answers;
  if (answers.length === 1 && only?.kind === 'status') {
    return RETRIED.has(only.status);
  }
  const played = only?.kind === 'stream' ? only.steps.flatMap((step) => (step.do === 'play' ? step.upToId : [])) : [];
  return answers.length === 1 && played.length > 0 && Math.max(...played) < stream.length;
}

/** Steps after which a connection counts as progress, or as the end. */
const BRINGS: ReadonlySet<Step['do']> = new Set(['play', 'send', 'heartbeats']);

/** True where a client has one attempt less afterwards. */
function isLost(answer: Answer): boolean {
  return answer.kind === 'stream' ? !answer.steps.some(({ do: what }) => BRINGS.has(what)) : answer.kind !== 'status';
}

function lengthOf(answer: Answer, silenceMs: number): number {
  return answer.kind === 'stream' ? answer.steps.reduce((sum, step) => sum + stepMs(step, silenceMs), 0) : 0;
}

function stepMs(step: Step, silenceMs: number): number {
  switch (step.do) {
    case 'wait':
      return step.ms;
    case 'heartbeats':
      return step.forMs;
    case 'stall':
      return Math.min(step.atMostMs, silenceMs);
    default:
      return 0;
  }
}

/** Of lanes that each take the next one. */
function spanOf(lengths: readonly number[], lanes: number): number {
  const ends: number[] = Array.from({ length: Math.max(1, Math.min(lanes, lengths.length)) }, () => 0);
  for (const length of lengths) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first] = (ends[first] ?? 0) + length;
  }
  return Math.max(0, ...ends);
}
