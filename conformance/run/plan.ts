/** Which scenarios a run plays, in which order, and why it leaves the others out. */
import { ruleOf } from '../judge/report.js';
import type { Rule } from '../judge/rule.js';
import type { OccasionName, Scenario } from '../server/scenarios/scenario.js';
import type { Requirement } from '../spec/requirement.js';
import { occasionOf } from './perform.js';
import { type Shard, takeShard } from './shard.js';
import type { RunOptions } from './types.js';

export interface Plan {
  /** Played at once: the first of them shows whether the target can be reached, the others last longest. */
  readonly first: readonly Planned[];
  /** Played as soon as the target has answered. */
  readonly rest: readonly Planned[];
  /** Played alone, after all others. */
  readonly last: readonly Planned[];
  readonly skipped: readonly { readonly scenario: Scenario; readonly reason: string }[];
}

export interface Planned {
  readonly scenario: Scenario;
  readonly occasion: OccasionName;
}

const ORDER: Readonly<Record<Scenario['lasts'], number>> = { cap: 0, stream: 1, short: 2 };

/** Shows that there is a stream at all, without which a refusal or a silence elsewhere says nothing. */
const ALWAYS = 'read-through';

/** The scenarios that the rules of the selected requirements look at, longest first. */
export function planScenarios(
  scenarios: readonly Scenario[],
  requirements: readonly Requirement[],
  rules: Readonly<Partial<Record<string, Rule>>>,
  options: Pick<RunOptions, 'target' | 'quick' | 'shutdown' | 'shard'>,
): Plan {
  const looked = new Set([ALWAYS, ...requirements.flatMap(({ id }) => ruleOf(rules, id)?.from ?? [])]);
  const selected = scenarios.filter(({ name }) => looked.has(name));
  const planned: Planned[] = [];
  const skipped: Plan['skipped'][number][] = [];
  const sorted = [...selected].sort((one, other) => ORDER[one.lasts] - ORDER[other.lasts]);
  for (const scenario of shardOf(sorted, options.shard)) {
    const occasion = occasionOf(scenario, options.target);
    const reason = reasonToSkip(scenario, occasion, options);
    if (occasion === undefined || reason !== undefined) {
      skipped.push({ scenario, reason: reason ?? 'no URL' });
    } else {
      planned.push({ scenario, occasion });
    }
  }
  const last = planned.filter(({ scenario }) => scenario.requires === 'shutdown');
  const others = planned.filter(({ scenario }) => scenario.requires !== 'shutdown');
  const contact = others.find(({ scenario }) => scenario.lasts === 'stream') ?? others[0];
  const isFirst = (one: Planned): boolean => one === contact || one.scenario.lasts === 'cap';
  return { first: others.filter(isFirst), rest: others.filter((one) => !isFirst(one)), last, skipped };
}

/** What shuts the target down goes to the last shard: it may be the last to run, where the shards share a target. */
function shardOf(scenarios: readonly Scenario[], shard: Shard | undefined): readonly Scenario[] {
  const last = scenarios.filter(({ requires }) => requires === 'shutdown');
  const others = scenarios.filter(({ requires }) => requires !== 'shutdown');
  return [...takeShard(others, shard), ...(shard === undefined || shard.index === shard.count ? last : [])];
}

function reasonToSkip(
  scenario: Scenario,
  occasion: OccasionName | undefined,
  { target, quick, shutdown }: Pick<RunOptions, 'target' | 'quick' | 'shutdown'>,
): string | undefined {
  if (scenario.requires === 'shutdown') {
    return shutdown === undefined ? 'nothing was given that shuts the target down' : undefined;
  }
  if (occasion === undefined) {
    return `no URL was given for the occasion "${scenario.occasion}"`;
  }
  if (quick && scenario.lasts === 'cap') {
    return 'left out because the run is quick';
  }
  if (scenario.requires === 'http2' && target.connect?.http2 !== true && !target.url.startsWith('https:')) {
    return 'over http: HTTP/2 is tried with --http2 alone';
  }
  if (scenario.requires === 'credentials' && target.headers.length === 0 && !hasUserInfo(target.url)) {
    return 'no credentials were configured';
  }
  return undefined;
}

function hasUserInfo(url: string): boolean {
  return URL.canParse(url) && new URL(url).password !== '';
}
