/** Prometheus' own checker takes the rules, and the tests of the alerts notice every alert that fires wrongly. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { needs, programPath } from '../../scripts/testing/needs.js';
import { packFile, readExpressions, readRules } from './pack.js';

const need = needs('promtool');
const files = ['recording-rules.yml', 'alert-rules.yml', 'alert-rules.test.yml', 'prometheus.yml'];

/** Exit code and what it said. */
async function promtool(...args: readonly string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(programPath('promtool'), [...args]);
    return { code: 0, said: stdout + stderr };
  } catch (fault) {
    const { code = -1, stdout = '', stderr = '' }: { code?: number; stdout?: string; stderr?: string } = Object(fault);
    return { code, said: stdout + stderr };
  }
}

describe.skipIf(!need.met)(`the rules${need.met ? '' : ` (${need.skip})`}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'));
    for (const file of files) cpSync(packFile(file), join(folder, file));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are valid, and so is the example of a configuration', async () => {
    expect(await promtool('check', 'config', packFile('prometheus.yml'))).toMatchObject({ code: 0 });
    expect(
      await promtool('check', 'rules', packFile('recording-rules.yml'), packFile('alert-rules.yml')),
    ).toMatchObject({
      code: 0,
    });
  });

  it('and the panels of the dashboard are expressions that Prometheus can parse', async () => {
    const rules = readExpressions().map(({ text }, index) => ({ record: `panel_${index}`, expr: text }));
    const file = join(folder, 'panels.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    expect(await promtool('check', 'rules', file)).toMatchObject({ code: 0 });
    expect(rules.length).toBeGreaterThan(30);
  });

  it('pass their tests', async () => {
    expect(await promtool('test', 'rules', packFile('alert-rules.test.yml'))).toMatchObject({ code: 0 });
  });

  /** What fails where every alert has this expression: for each test that fails, the alert and what was expected. */
  async function failures(expr: string): Promise<readonly { alert: string; expected: 'nothing' | 'an alert' }[]> {
    const rules = readRules('alert-rules.yml').map((rule) => ({ ...rule, expr }));
    writeFileSync(join(folder, 'alert-rules.yml'), stringify({ groups: [{ name: 'changed', rules }] }));
    const { code, said } = await promtool('test', 'rules', join(folder, 'alert-rules.test.yml'));
    expect(code).toBe(1);
    const found = said.matchAll(/alertname: (\w+), time: \w+,\s*exp:\[(\]?)/g);
    return Array.from(found, ([, alert = '', empty]) => ({ alert, expected: empty === ']' ? 'nothing' : 'an alert' }));
  }

  it.each([
    { expr: 'vector(1)', always: 'fire', expected: 'nothing' },
    { expr: 'vector(1) > 2', always: 'are silent', expected: 'an alert' },
  ])('fail their tests where they always $always', async ({ expr, expected }) => {
    const found = (await failures(expr)).filter((failure) => failure.expected === expected);
    const alerts = readRules('alert-rules.yml').map(({ alert }) => alert);
    expect([...new Set(found.map(({ alert }) => alert))].sort()).toEqual(alerts.sort());
  });
});
