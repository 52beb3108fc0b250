/** `--tls`, as a user gives it: a client that trusts what its environment names reads the stream. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../../scripts/testing/built.js';
import { loadTranscripts } from '../evidence/store.js';

/** Reads once, and ends. */
const CLIENT = `node -e 'fetch(process.env.SSE_URL).then((answer) => answer.text()).catch(() => undefined)'`;

test('a client reads over TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const options = ['--tls', '--only', 'END-010', '--transcripts', folder];
  const args = [builtFile('conformance/cli/main.js'), 'run', '--client', CLIENT, ...options];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  // It reports nothing, so that nothing is observed.
  expect(await once(child, 'exit')).toEqual([1, null]);
  const connections = (await loadTranscripts(folder)).flatMap((transcript) => transcript.connections);
  expect(connections.length).toBeGreaterThan(0);
  for (const { request, response } of connections) {
    expect(request.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect(response?.status).toBe(200);
  }
});
