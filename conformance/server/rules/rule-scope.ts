/** Shows every rule the scenarios of its `from` alone, so that its verdict is the same whenever it is judged. */
import type { Evidence } from '../../evidence/types.js';
import type { Rule } from '../../judge/rule.js';

/** During a run rules are judged as soon as what they look at is there; anything else would depend on the moment. */
export function scoped<B extends Readonly<Record<string, Rule>>>(book: B): { [K in keyof B]: Rule } {
  const copy: { [K in keyof B]: Rule } = { ...book };
  for (const id in copy) {
    const rule: Rule = copy[id];
    copy[id] = { ...rule, judge: (evidence) => rule.judge(only(evidence, rule.from)) };
  }
  return copy;
}

function only(evidence: Evidence, names: readonly string[]): Evidence {
  const scenarios = evidence.scenarios.filter(({ scenario }) => names.includes(scenario));
  return {
    scenarios,
    scenario: (name) => scenarios.find(({ scenario }) => scenario === name),
    connections: (wanted) =>
      scenarios
        .filter(({ scenario }) => wanted === undefined || wanted.includes(scenario))
        .flatMap(({ connections }) => connections),
  };
}
