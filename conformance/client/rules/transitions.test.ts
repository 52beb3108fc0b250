import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageFile } from '../../../schemas/1.0/package-root.js';
import { isFinal, TRANSITIONS } from './transitions.js';

interface Machine {
  readonly states: readonly { readonly name: string; readonly final?: boolean }[];
  readonly transitions: readonly { readonly from: string; readonly to: string }[];
}

function readMachine(): Machine {
  return JSON.parse(readFileSync(packageFile('spec', '1.0', 'state-machines', 'client.json'), 'utf8'));
}

it('is the table of the spec', () => {
  const { states, transitions } = readMachine();
  const table = states.map(({ name }) => [
    name,
    [...new Set(transitions.filter(({ from }) => from === name).map(({ to }) => to))].sort(),
  ]);
  expect([...TRANSITIONS].map(([from, to]) => [from, [...to].sort()]).sort()).toEqual(table.sort());
});

it('knows the final states of the spec', () => {
  const { states } = readMachine();
  const finals = states.filter(({ final }) => final === true).map(({ name }) => name);
  expect([...TRANSITIONS.keys()].filter(isFinal).sort()).toEqual(finals.sort());
});
