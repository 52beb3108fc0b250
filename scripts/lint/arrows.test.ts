/** Every arrow that the architecture forbids is caught by the lint, and those that it allows are not. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';

const imports = (specifier: string): string => `import { it } from '${specifier}';\nexport const own = it;\n`;

/** File, source, and the rule that must speak; no rule where the arrow is allowed. */
const cases: readonly (readonly [file: string, source: string, rule?: string])[] = [
  ['reference/server/a.ts', imports('../../conformance/wire/reader.js'), 'noRestrictedImports'],
  ['reference/server/b.ts', "export { it } from '../../conformance/kit-error.js';\n", 'noRestrictedImports'],
  ['reference/server/c.ts', "export const it = import('../../conformance/kit-error.js');\n", 'noRestrictedImports'],
  ['reference/server/d.test.ts', imports('../../conformance/wire/reader.js'), 'noRestrictedImports'],
  ['reference/server/e.ts', imports('../../schemas/1.0/index.js')],
  ['reference/client/a.ts', imports('../server/http.js'), 'noRestrictedImports'],
  ['reference/client/b.ts', imports('node:fs'), 'noNodejsModules'],
  ['reference/client/c.ts', imports('../../schemas/1.0/types/heartbeat.js')],
  ['reference/react/a.ts', imports('../client/index.js')],
  ['schemas/1.0/a.ts', imports('../../conformance/kit-error.js'), 'noRestrictedImports'],
  ['conformance/run/a.ts', imports('../../reference/server/main.js'), 'noRestrictedImports'],
  ['conformance/run/b.test.ts', imports('../../reference/server/main.js'), 'noRestrictedImports'],
  ['conformance/run/c.ts', imports('../cli/program.js'), 'noRestrictedImports'],
  ['conformance/run/d.ts', imports('../report/terminal.js'), 'noRestrictedImports'],
  ['conformance/run/e.ts', imports('../server/rules/index.js')],
  ['conformance/cli/a.ts', imports('../../reference/client/index.js'), 'noRestrictedImports'],
  ['conformance/cli/b.ts', imports('../run/grade-server.js')],
  ['conformance/wire/a.ts', imports('../kit-error.js'), 'noRestrictedImports'],
  ['conformance/wire/b.ts', imports('../../schemas/1.0/index.js'), 'noRestrictedImports'],
  ['conformance/wire/c.ts', imports('./types.js')],
  ['conformance/evidence/a.ts', imports('../judge/rule.js'), 'noRestrictedImports'],
  ['conformance/evidence/recorder/b.ts', imports('../../run/types.js'), 'noRestrictedImports'],
  ['conformance/evidence/recorder/c.ts', imports('../../wire/reader.js')],
  ['conformance/evidence/recorder/d.ts', imports('../types.js')],
  ['conformance/judge/a.ts', imports('../server/rules/index.js'), 'noRestrictedImports'],
  ['conformance/judge/b.ts', imports('node:fs'), 'noNodejsModules'],
  ['conformance/server/rules/a.ts', imports('../../run/types.js'), 'noRestrictedImports'],
  ['conformance/server/rules/b.ts', imports('../scenarios/scenario.js'), 'noRestrictedImports'],
  ['conformance/server/rules/c.ts', imports('../../wire/reader.js'), 'noRestrictedImports'],
  ['conformance/server/rules/d.ts', imports('../../wire/types.js')],
  ['conformance/server/rules/e.ts', imports('../../judge/rule.js')],
  ['conformance/server/rules/f.ts', imports('../../evidence/types.js')],
  ['conformance/server/rules/g.ts', imports('node:os'), 'noNodejsModules'],
  ['conformance/server/rules/h.ts', 'export const at = new Date();\n', 'plugin'],
  ['conformance/server/rules/i.ts', 'export const at = Date.now();\n', 'plugin'],
  ['conformance/server/rules/j.ts', 'export const at = performance.now();\n', 'plugin'],
  ['conformance/server/rules/k.ts', 'export const at = Math.random();\n', 'plugin'],
  ['conformance/server/rules/l.ts', 'export const at = process.env.HOME;\n', 'plugin'],
  ['conformance/server/rules/m.ts', "export const at = new Date('2026-01-01T00:00:00Z').getTime();\n"],
  ['conformance/server/rules/n.test.ts', 'export const at = Date.now();\n'],
  ['conformance/client/rules/a.ts', imports('../drivers/driver.js'), 'noRestrictedImports'],
  ['conformance/server/scenarios/a.ts', imports('../rules/index.js'), 'noRestrictedImports'],
  ['conformance/server/scenarios/b.ts', imports('../../wire/types.js')],
  ['conformance/client/drivers/a.ts', imports('../../judge/rule.js'), 'noRestrictedImports'],
  ['conformance/faults/a.ts', imports('../evidence/types.js'), 'noRestrictedImports'],
  ['conformance/load/a.ts', imports('../cli/program.js'), 'noRestrictedImports'],
  ['conformance/fleet/a.ts', imports('../report/terminal.js'), 'noRestrictedImports'],
  ['conformance/queue/a.ts', imports('../cli/program.js'), 'noRestrictedImports'],
  ['conformance/queue/b.ts', imports('../load/types.js')],
  ['conformance/report/a.ts', imports('../run/grade-server.js'), 'noRestrictedImports'],
  ['conformance/report/b.ts', imports('node:fs'), 'noNodejsModules'],
  ['conformance/report/c.ts', 'export const at = Date.now();\n', 'plugin'],
  ['conformance/report/html/d.ts', imports('../../../schemas/1.0/types/report.js')],
  ['conformance/evidence/long.ts', `${'//\n'.repeat(300)}export const x = 1;\n`, 'noExcessiveLinesPerFile'],
  ['conformance/evidence/notKebab.ts', 'export const x = 1;\n', 'useFilenamingConvention'],
  ['conformance/evidence/any.ts', 'export const x = (y: any): unknown => y;\n', 'noExplicitAny'],
  ['conformance/evidence/as.ts', 'export const x = (y: unknown): string => y as string;\n', 'noUnsafeTypeAssertion'],
  ['conformance/evidence/bang.ts', 'export const x = (y: string | null): string => y!;\n', 'noNonNullAssertion'],
  ['conformance/evidence/loud.ts', "console.log('loud');\n", 'noConsole'],
];

describe('the lint', () => {
  let spoken: ReadonlyMap<string, readonly string[]>;
  const folder = mkdtempSync(join(tmpdir(), 'arrows-'));

  beforeAll(() => {
    for (const file of ['biome.json', 'package.json', 'tsconfig.json', 'scripts/lint/pure.grit']) {
      cpSync(packageFile(file), join(folder, file), { recursive: true });
    }
    for (const [file, source] of cases) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    }
    spoken = lint(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const named = cases.map(([file, , rule]) => ({ file, rule }));

  it.each(named.filter(({ rule }) => rule !== undefined))('speaks of $file', ({ file, rule }) => {
    expect(spoken.get(file)).toContain(rule);
  });

  it.each(named.filter(({ rule }) => rule === undefined))('allows $file', ({ file }) => {
    expect(spoken.get(file) ?? []).toEqual([]);
  });
});

/** Names of the rules that spoke, by file. */
function lint(folder: string): ReadonlyMap<string, readonly string[]> {
  const biome = packageFile('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout } = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=github', '--max-diagnostics=1000', '--diagnostic-level=error'],
    { cwd: folder, encoding: 'utf8' },
  );
  const spoken = new Map<string, string[]>();
  for (const [, rule = '', file = ''] of stdout.matchAll(/^::error title=(\S+?),file=(\S+?),line/gm)) {
    const name = file.startsWith(folder) ? file.slice(folder.length + 1) : file;
    spoken.set(name, [...(spoken.get(name) ?? []), rule.split('/').at(-1) ?? rule]);
  }
  return spoken;
}
