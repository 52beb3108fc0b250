/** What is wrong with the options of a queued load is told before anything is started. */
import { describe, expect, it } from 'vitest';
import { examplePlan } from '../load/testing/example-plan.js';
import type { LoadFlags } from './load.js';
import { loadTarget } from './load-work.js';
import { loadThroughQueue } from './queue-load.js';

const flags: LoadFlags = {
  target: 'http://127.0.0.1:9/stream',
  answerTimeout: 1000,
  header: [],
  insecure: false,
  report: [],
  fast: false,
};

describe('conformance load --queue', () => {
  it.each([
    [{ ...flags, shares: 2 }, /--shares: expected --queue/],
    [{ ...flags, queue: 'redis://127.0.0.1', threads: 2 }, /--threads: with --queue each worker has its own/],
  ])('refuses options that do not go together', async (given, complaint) => {
    await expect(loadTarget(given)).rejects.toThrow(complaint);
  });

  it('refuses what is no address of a queue, without repeating it', async () => {
    const options = { signal: new AbortController().signal };
    const load = loadThroughQueue(examplePlan({}), 'http://:secret@127.0.0.1', options);
    await expect(load).rejects.toThrow(
      /^--queue: expected a URL such as redis:\/\/127.0.0.1:6379, got something else$/,
    );
  });
});
