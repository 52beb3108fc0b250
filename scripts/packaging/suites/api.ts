/** The package as a library, as a team uses it: runs that are awaited and iterated, and requirements as tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitTarget } from '../../../conformance/cli/await-target.js';
import { packageFile } from '../../../schemas/1.0/package-root.js';
import { findFreePort } from '../../testing/free-port.js';
import type { Consumer } from '../consumer.js';

/** The files that the guide shows, by name. */
function filesInGuide(): Readonly<Record<string, string>> {
  const guide = readFileSync(packageFile('docs', 'guides', 'from-a-program.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)];
  return Object.fromEntries(blocks.map(([, name = '', text = '']) => [name, text]));
}

export function describeApi(consumer: () => Consumer): void {
  describe('from a program', () => {
    let env: { readonly STREAM_URL: string };

    beforeAll(async () => {
      const port = await findFreePort();
      env = { STREAM_URL: `http://127.0.0.1:${port}/stream/search?query=tides` };
      for (const [name, text] of Object.entries(filesInGuide())) consumer().write(name, text);
      await consumer().script(`npx resilient-sse serve --fast --port ${port} &`);
      const target = { url: env.STREAM_URL, occasions: {}, headers: [], choosesStreamId: true };
      await awaitTarget(target, 50_000, new AbortController().signal);
    });
    afterAll(() => consumer().stop());

    it('grades, stores, judges again and certifies', async () => {
      const tsx = packageFile('node_modules', 'tsx', 'dist', 'cli.mjs');
      const { code, output } = await consumer().script(`node ${tsx} grade.ts`, { env });
      expect(code, output).toBe(0);
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({ grade: 'A+', again: 'A+', holds: true });
    });

    it('makes requirements tests of a suite of vitest', async () => {
      const vitest = packageFile('node_modules', 'vitest', 'vitest.mjs');
      const command = `node ${vitest} run --root . --reporter=json --outputFile=tests.json stream.test.ts || true`;
      const { output } = await consumer().script(command, { env });
      expect(output).toContain('tests.json');
      const results = resultsIn(readFileSync(join(consumer().folder, 'tests.json'), 'utf8'));
      const of = (status: string) => results.filter((one) => one.status === status);
      expect(of('failed').map(({ title }) => title)).toEqual([expect.stringMatching(/^ID-001 /)]);
      expect(of('failed')[0]?.failureMessages.join()).toContain('no longer fails: take it out');
      expect(of('passed').map(({ title }) => title)).toContainEqual(expect.stringMatching(/^TRACE-001 /));
      expect(
        of('pending')
          .concat(of('skipped'))
          .map(({ title }) => title),
      ).toEqual([expect.stringMatching(/^HTTP-032 /)]);
      expect(of('passed').length).toBeGreaterThan(5);
      expect(results.every(({ ancestorTitles: [name, area] }) => name === 'our stream' && area !== undefined)).toBe(
        true,
      );
    });
  });
}

interface Result {
  readonly title: string;
  readonly status: string;
  readonly ancestorTitles: readonly string[];
  readonly failureMessages: readonly string[];
}

function resultsIn(json: string): readonly Result[] {
  const report: { readonly testResults: readonly { readonly assertionResults: readonly Result[] }[] } =
    JSON.parse(json);
  return report.testResults.flatMap(({ assertionResults }) => assertionResults);
}
