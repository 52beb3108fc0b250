import { expect, test } from 'vitest';
import { clientRuleBook } from '../client/rules/index.js';
import { clientScenarios, realTimeScenarios } from '../client/scenarios/index.js';
import { readRequirements } from '../spec/read-spec.js';
import { type PlanOptions, planClientScenarios } from './client-plan.js';

const ofClients = readRequirements('1.0').filter(({ role }) => role === 'client');

function plan(varying: Partial<PlanOptions> = {}, scenarios = clientScenarios) {
  const options = { quick: false, concurrency: 8, everything: true, endsByItself: true, ...varying };
  return planClientScenarios(scenarios, ofClients, clientRuleBook, options);
}

test('all scenarios take less than 45 s, and quick ones less than that', () => {
  expect(plan().expectedMs).toBeLessThan(45_000);
  expect(plan({ concurrency: 12, endsByItself: false }).expectedMs).toBeLessThan(45_000);
  const quick = plan({ quick: true });
  expect(quick.expectedMs).toBeLessThan(plan().expectedMs);
  expect(quick.skipped.map(({ scenario }) => scenario.name)).toContain('no-parameters');
  expect(quick.scenarios.length + quick.skipped.length).toBe(clientScenarios.length);
});

test('real time takes as long as its silences', () => {
  expect(plan({}, realTimeScenarios).expectedMs).toBeGreaterThan(plan().expectedMs);
});

test('one client at a time takes the sum of all', () => {
  const one = plan({ concurrency: 1 }).expectedMs;
  expect(one).toBeGreaterThan(4 * plan().expectedMs);
  const names = plan().scenarios.map(({ name }) => name);
  expect(names.indexOf('no-parameters')).toBeLessThan(names.indexOf('whole'));
});

test('every rule looks at scenarios that there are, and every scenario is looked at', () => {
  const looked = new Set(Object.values(clientRuleBook).flatMap((rule) => rule?.from ?? []));
  const names = new Set(clientScenarios.map(({ name }) => name));
  expect([...looked].filter((name) => !names.has(name))).toEqual([]);
  // No requirement speaks of redirects; the transcript shows what a client makes of one.
  expect([...names].filter((name) => !looked.has(name))).toEqual(['redirect']);
});
