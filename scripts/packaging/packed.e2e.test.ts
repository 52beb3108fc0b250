import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';
import { builtFile } from '../testing/built.js';

/** The subpaths of `exports`. */
const subpaths = ['client', 'server', 'schemas', 'conformance'];

describe('the packed package in an empty folder', () => {
  let folder: string;
  let files: readonly string[];

  beforeAll(() => {
    builtFile('conformance/cli/main.js');
    folder = mkdtempSync(join(tmpdir(), 'packed-'));
    // The tests run on what was built; packing would build again, under the feet of the other tests.
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], packageRoot());
    const [tarball = ''] = readdirSync(folder);
    files = run('tar', ['--list', '--file', tarball]).split('\n');
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball)]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Standard output of a command that must succeed. */
  function run(command: string, args: readonly string[], cwd: string = folder): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    expect({ command, args, status, ...(status === 0 ? {} : { stdout, stderr }) }).toEqual({
      command,
      args,
      status: 0,
    });
    return stdout;
  }

  it('carries what it needs and no tests or sources', () => {
    expect(files).toContain('package/spec/1.0/requirements.json');
    expect(files).toContain('package/schemas/1.0/wire/heartbeat.json');
    expect(files).toContain('package/LICENSE');
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.tsx?$|node_modules|owed/.test(file))).toEqual([]);
  });

  it.each(['conformance', 'resilient-sse'])('has the program %s', (name) => {
    expect(run('npx', ['--no-install', name, '--help'])).toMatch(/^Usage: /);
  });

  it.each(subpaths)('exports resilient-sse/%s', (subpath) => {
    const names = run(process.execPath, [
      '--eval',
      `import('resilient-sse/${subpath}').then((m) => console.log(Object.keys(m).length))`,
    ]);
    expect(Number(names)).toBeGreaterThan(0);
  });

  it('hides everything else', () => {
    const source = "import('resilient-sse/dist/conformance/cli/main.js').catch((e) => console.log(e.code))";
    expect(run(process.execPath, ['--eval', source]).trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  /** Compiles imports of the subpaths with the compiler options of a strict consumer; every declaration is checked. */
  function compileConsumer(imported: readonly string[], options: object): void {
    const source = imported.flatMap((subpath) => [
      `import * as ${subpath} from 'resilient-sse/${subpath}';`,
      `export const of_${subpath}: object = ${subpath};`,
      // A name that does not exist must not compile: else the types resolved to nothing.
      `// @ts-expect-error\nexport const no_${subpath} = ${subpath}.noSuchExport;`,
    ]);
    writeFileSync(join(folder, 'consumer.ts'), source.join('\n'));
    const strict = {
      module: 'NodeNext',
      target: 'ES2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    };
    const compilerOptions = { ...strict, ...options };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    run(process.execPath, [packageFile('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  }

  it('has types that a strict consumer on Node can use', () => {
    compileConsumer(subpaths, { types: ['node'], typeRoots: [packageFile('node_modules', '@types')] });
  });

  it('has types for the client that a consumer in a browser can use', () => {
    compileConsumer(['client'], { types: [], lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'] });
  });

  it('carries a spec whose lint finds nothing', () => {
    expect(run('npx', ['--no-install', 'resilient-sse', 'spec', 'lint'])).toMatch(/, 0 findings\n$/);
  });

  it('grades the reference', () => {
    expect(run('npx', ['--no-install', 'resilient-sse', 'run', '--target', 'reference', '--fast'])).toMatch(/\bA\+/);
  });
});
