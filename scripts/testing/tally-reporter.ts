/** Ends a test run with one line of counts, alone on its line, taken from vitest's own results. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts tests; a file that could not be loaded, and an error outside of any test, count as one failure each. */
export function tally(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const counts: Tally = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed' || state === 'failed') counts[state] += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

/** `12 passed, 0 failed`, with `, 3 skipped` where there are some. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const line = formatTally(tally(modules, unhandled));
    // The default reporter prints its summary in the same event; this line is to stand after it.
    process.on('exit', () => process.stdout.write(`\n${line}\n`));
  }
}
