/** `conformance fleet` as a program: reports, index and exit code of servers that differ. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfSchema, validate } from '../../schemas/1.0/validate.js';
import { builtFile } from '../../scripts/testing/built.js';
import { readAnnouncement } from './reference-announcement.js';
import { referenceServer, type StartedProcess, startProgram } from './reference-process.js';

describe('conformance fleet', () => {
  let folder: string;
  let server: StartedProcess;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    server = await startProgram(referenceServer, { args: ['--port', '0', '--fast'], showLog: false });
    url = readAnnouncement(server.announcement).url;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function fleet(
    targets: object,
    ...args: readonly string[]
  ): Promise<{ code: unknown; out: string; err: string }> {
    const file = join(folder, 'targets.json');
    writeFileSync(file, JSON.stringify({ targets }));
    const child = spawn(process.execPath, [builtFile('conformance/cli/main.js'), 'fleet', file, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const [code] = await once(child, 'close');
    return { code, out, err };
  }

  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

  it('writes a report for each that was reached and an index of all, and ends with the worst', async () => {
    const only = ['HTTP-001', 'HTTP-002'];
    const targets = {
      well: { url, only },
      page: { url: new URL('/healthz?', url).href, only },
      nobody: { url: 'http://127.0.0.1:9/stream' },
    };
    const { code, out } = await fleet(targets, '--out', 'reports', '--at-once', '2');
    const index = read('reports/index.json');
    if (!isOfSchema('fleet-index', index)) throw new Error(JSON.stringify(validate('fleet-index', index)));
    const told = index.targets.map(({ name, exitCode, report, unobserved }) => ({
      name,
      exitCode,
      report,
      unobserved,
    }));
    expect(told).toEqual([
      { name: 'well', exitCode: 0, report: 'well.json', unobserved: [] },
      { name: 'page', exitCode: 1, report: 'page.json', unobserved: only },
      { name: 'nobody', exitCode: 4 },
    ]);
    expect([code, index.exitCode]).toEqual([4, 4]);
    expect(isOfSchema('report', read('reports/well.json'))).toBe(true);
    expect(readFileSync(join(folder, 'reports/index.html'), 'utf8')).toContain('href="well.html"');
    expect(out).toContain('3 servers: 1 conforms, 1 does not, 1 is unreachable.');
    expect(out).toContain('ECONNREFUSED');
  });

  it('asks nobody where something is wrong with one of them', async () => {
    const { code, out, err } = await fleet({ well: { url }, chat: { url, headers: { Authorization: '$NO_SUCH' } } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      'conformance: target "chat": --header Authorization: the environment variable NO_SUCH is not set; set it, or write $$ for a dollar\n',
    );
  });
});
