import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { builtFile } from '../testing/built.js';

/** Where bare Node starts in 62 ms, the program may take 150 ms: it loads a command's code when the command is called. */
const atMostTimesBareNode = 150 / 62;

/** The shortest of several runs: a busy machine makes a run longer, never shorter. Milliseconds. */
function shortest(...commands: readonly (readonly string[])[]): number[] {
  const shortestMs = commands.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 12; round++) {
    for (const [index, command] of commands.entries()) {
      const startedMs = performance.now();
      const { status } = spawnSync(process.execPath, command, { stdio: 'ignore' });
      expect(status).toBe(0);
      shortestMs[index] = Math.min(shortestMs[index] ?? 0, performance.now() - startedMs);
    }
  }
  return shortestMs;
}

it('shows its help almost as fast as Node starts', () => {
  const [bareMs = 0, helpMs = 0] = shortest(['--eval', '0'], [builtFile('conformance/cli/main.js'), '--help']);
  expect(helpMs / bareMs).toBeLessThanOrEqual(atMostTimesBareNode);
});
