/** Whole clients, graded as a user does it: the reference as a process and as a page, and the example in Python. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { browserDriver } from '../client/drivers/browser.js';
import { commandDriver } from '../client/drivers/command.js';
import type { ClientDriver } from '../client/drivers/driver.js';
import { loadTranscripts, storeTranscripts } from '../evidence/store.js';
import { gradeClient } from './grade-client.js';
import { judgeTranscripts } from './judge-transcripts.js';
import type { RunResult } from './types.js';

const judging = { level: 'Resume', strict: true, acceptUnobserved: [], quick: false } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clients-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function grade(driver: ClientDriver, only: readonly string[]): Promise<RunResult> {
  return gradeClient({ ...judging, driver, only, spec: '1.0', concurrency: 12, realTime: false });
}

/** What somebody has to act on, with the evidence. */
function findings({ report }: RunResult): readonly unknown[] {
  return report.requirements
    .filter(({ verdict }) => !['pass', 'untestable', 'not-applicable'].includes(verdict))
    .map(({ id, verdict, reason, evidence }) => ({ id, verdict, reason, evidence }));
}

test('the reference client, as a process, is graded A+, now and from the transcripts', async () => {
  const outfile = join(folder, 'adapter.mjs');
  await build({
    entryPoints: [packageFile('reference', 'client', 'adapter.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const result = await grade(commandDriver({ command: `"${process.execPath}" "${outfile}"` }), []);
  expect(findings(result)).toEqual([]);
  expect(result.report).toMatchObject({ grade: 'A+', conforms: true, role: 'client' });
  const { report, transcripts } = result;
  expect(transcripts.every(({ outcome }) => outcome === 'done')).toBe(true);
  await storeTranscripts(join(folder, 'seen'), transcripts);
  const again = judgeTranscripts(await loadTranscripts(join(folder, 'seen')), { ...judging, only: [] });
  expect(again.requirements).toEqual(report.requirements);
});

test('the reference client, as a page, keeps its stream while hidden and comes back at once when woken', async () => {
  const client = JSON.stringify(packageFile('reference', 'client', 'index.ts'));
  await build({
    stdin: {
      contents: `import { connectStream } from ${client};
        const { url, report, done } = globalThis.conformance;
        connectStream(url, {
          onEvent: ({ type, id, data }) => report({ type: 'event', event: type, id: id === null ? null : String(id), data }),
          onState: ({ state, code, reason }) => {
            report({ type: 'state', state, ...(code ?? reason ? { reason: code ?? reason } : {}) });
            if (state === 'completed' || state === 'failed') setTimeout(done, 500);
          },
        });`,
      resolveDir: folder,
    },
    outfile: join(folder, 'page.js'),
    bundle: true,
    format: 'esm',
  });
  writeFileSync(join(folder, 'page.html'), '<!doctype html><script type="module" src="page.js"></script>');
  const result = await grade(browserDriver({ page: join(folder, 'page.html') }), ['STATE-010', 'STATE-011', 'END-008']);
  expect(findings(result)).toEqual([]);
  expect(result.report.summary.pass).toBe(3);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!hasPython)('the example in Python resumes, deduplicates and refuses as the spec says', async () => {
  const script = packageFile('docs', 'examples', 'client-python.py');
  const only = ['DEDUPE', 'ID-008', 'EVENT-017', 'EVENT-025', 'RETRY-005', 'HEARTBEAT-013'];
  const result = await grade(commandDriver({ command: `python3 "${script}"` }), only);
  expect(findings(result)).toEqual([]);
  expect(result.report.summary.pass).toBeGreaterThanOrEqual(10);
});
