import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { transitions } from './states.js';

describe('the table of transitions', () => {
  it('is that of the spec', () => {
    const file = new URL('../../spec/1.0/state-machines/client.json', import.meta.url);
    const machine: { states: { name: string }[]; transitions: { from: string; to: string }[] } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    const pairs = (table: readonly (readonly [string, string])[]) =>
      [...new Set(table.map(([a, b]) => `${a} ${b}`))].sort();
    const ours = Object.entries(transitions).flatMap(([from, to]) => to.map((state) => [from, state] as const));
    expect(pairs(ours)).toEqual(pairs(machine.transitions.map(({ from, to }) => [from, to] as const)));
    expect(Object.keys(transitions)).toEqual(machine.states.map(({ name }) => name));
  });
});
