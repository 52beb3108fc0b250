import { describe, expect, test } from 'vitest';
import { clientScenarios, realTimeScenarios } from './index.js';
import type { ClientScenario } from './scenario.js';

describe.each([
  ['scaled', clientScenarios],
  ['real time', realTimeScenarios],
])('%s scenarios', (_pace, scenarios) => {
  test('have names of their own, in the form of the transcript, and say what they do', () => {
    const names = scenarios.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, does } of scenarios) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(does).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s plays a sound stream',
    (_name, one) => {
      const { stream, answers, settleMs, atMostMs } = one;
      expect(stream.map(({ id }) => id)).toEqual(stream.map((_event, index) => String(index + 1)));
      const types = stream.map(({ type }) => type);
      expect(['complete', 'error']).toContain(types.at(-1));
      expect(types.slice(0, -1).filter((type) => type === 'complete' || type === 'error')).toEqual([]);
      expect(answers.length).toBeGreaterThan(0);
      expect(settleMs).toBeLessThan(atMostMs);
      expect(lastsMs(one)).toBeLessThan(atMostMs);
    },
  );

  test('declare parameters that a server may declare', () => {
    for (const { parameters } of scenarios) {
      expect(parameters.silenceThreshold).toBeGreaterThanOrEqual(3 * parameters.heartbeatInterval - 1e-9);
      expect(parameters.heartbeatInterval).toBeLessThanOrEqual(15);
    }
  });
});

test('both paces play the same scenarios', () => {
  expect(realTimeScenarios.map(({ name }) => name)).toEqual(clientScenarios.map(({ name }) => name));
});

/** What the script itself waits for. */
function lastsMs({ answers }: ClientScenario): number {
  return answers
    .flatMap((answer) => (answer.kind === 'stream' ? answer.steps : []))
    .reduce((sum, step) => {
      const ms = step.do === 'wait' ? step.ms : step.do === 'heartbeats' ? step.forMs : 0;
      return sum + (step.do === 'stall' ? step.atMostMs : ms);
    }, 0);
}
