/** The package as a library, as a team uses it: runs that are awaited and iterated, and requirements as tests. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../../schemas/1.0/package-root.js';
import type { Consumer } from '../consumer.js';

/** Starts the reference and gives its URL; the process ends with its parent's group. */
const reference = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
export const server = spawn('npx', ['resilient-sse', 'serve', '--fast', '--json'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
export const stop = () => process.kill(-server.pid, 'SIGTERM');
const [line] = await once(createInterface({ input: server.stdout }), 'line');
export const url: string = JSON.parse(line).url;
`;

const library = `
import { gradeServer, issueCertificate, judgeTranscripts, verifyCertificate } from 'resilient-sse/conformance';
import { stop, url } from './reference.ts';
const grading = gradeServer({ target: url, level: 'Core', only: ['HTTP', 'END-001'], quick: true });
const ended: string[] = [];
for await (const progress of grading) if (progress.kind === 'scenario-ended') ended.push(progress.name);
const result = await grading;
const again = judgeTranscripts(result.transcripts, result.report.asked);
const certificate = issueCertificate(result, new Date().toISOString());
const holds = verifyCertificate(certificate, result.transcripts).every((check) => check.holds);
console.log(JSON.stringify({ grade: result.report.grade, again: again.grade, scenarios: ended.length, holds }));
stop();
`;

const suite = `
import { afterAll } from 'vitest';
import { testServer } from 'resilient-sse/vitest';
import { stop, url } from './reference.ts';
afterAll(stop);
testServer('our stream', {
  target: () => url,
  only: ['TRACE-001', 'ID', 'HTTP-032'],
  quick: true,
  knownFailures: { 'ID-001': 'it passes in fact' },
});
`;

export function describeApi(consumer: () => Consumer): void {
  describe('as a library', () => {
    beforeAll(() => consumer().write('reference.ts', reference));

    it('grades, judges again and certifies', () => {
      consumer().write('library.ts', library);
      const tsx = packageFile('node_modules', 'tsx', 'dist', 'cli.mjs');
      const said: unknown = JSON.parse(consumer().run(process.execPath, [tsx, 'library.ts']));
      expect(said).toMatchObject({ grade: 'C', again: 'C', holds: true });
      expect(said).toHaveProperty('scenarios', expect.any(Number));
    });

    it('makes requirements tests of a suite of vitest', async () => {
      consumer().write('stream.test.ts', suite);
      const vitest = packageFile('node_modules', 'vitest', 'vitest.mjs');
      const { code, output } = await consumer().script(
        `node ${vitest} run --root ${consumer().folder} --reporter=json --outputFile=tests.json stream.test.ts || true`,
      );
      expect(code, output).toBe(0);
      const results = resultsIn(consumer().run('cat', [join(consumer().folder, 'tests.json')]));
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
