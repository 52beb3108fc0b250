import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { Consumer } from './consumer.js';
import { describeApi } from './suites/api.js';
import { describeGuides } from './suites/guides.js';
import { describeRecipes } from './suites/recipes.js';

/** The subpaths of `exports`. */
const subpaths = ['client', 'react', 'server', 'schemas', 'conformance', 'vitest'];

/** Peers of the subpaths, and what the types of React need. */
const peers = ['react', '@types/react', 'vitest'];

describe('the packed package in an empty folder', () => {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = new Consumer();
  });
  afterAll(() => consumer.remove());

  const run = (command: string, args: readonly string[]): string => consumer.run(command, args);

  it('carries what it needs and no tests or sources', () => {
    expect(consumer.files).toContain('package/spec/1.0/requirements.json');
    expect(consumer.files).toContain('package/schemas/1.0/wire/heartbeat.json');
    expect(consumer.files).toContain('package/LICENSE');
    expect(consumer.files.filter((file) => /\.test\.|(?<!\.d)\.tsx?$|node_modules|owed/.test(file))).toEqual([]);
  });

  it.each(['conformance', 'resilient-sse'])('has the program %s', (name) => {
    expect(run('npx', ['--no-install', name, '--help'])).toMatch(/^Usage: /);
  });

  it('needs no peer for what has none', () => {
    const source =
      "Promise.all(['client', 'server', 'schemas', 'conformance'].map((n) => import('resilient-sse/' + n)))";
    run(process.execPath, ['--eval', source]);
  });

  it('carries a spec whose lint finds nothing', () => {
    expect(run('npx', ['--no-install', 'resilient-sse', 'spec', 'lint'])).toMatch(/, 0 findings\n$/);
  });

  it('hides what is not exported', () => {
    const source = "import('resilient-sse/dist/conformance/cli/main.js').catch((e) => console.log(e.code))";
    expect(run(process.execPath, ['--eval', source]).trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  describeRecipes(() => consumer);
  describeGuides(() => consumer);

  describe('with its peers', () => {
    beforeAll(() => {
      for (const peer of peers) consumer.link(peer);
    });

    it('exports all subpaths', () => {
      // vitest can be imported by its own runner alone.
      const imported = subpaths.filter((subpath) => subpath !== 'vitest');
      const source = `Promise.all(${JSON.stringify(imported)}.map((n) => import('resilient-sse/' + n))).then((all) => console.log(JSON.stringify(all.map((m) => Object.keys(m).length))))`;
      const counts: unknown = JSON.parse(run(process.execPath, ['--eval', source]));
      expect(counts).toEqual(imported.map(() => expect.any(Number)));
      expect(counts).not.toContain(0);
    });

    /** Compiles imports of the subpaths with the compiler options of a strict consumer; every declaration is checked. */
    function compileConsumer(imported: readonly string[], options: object): void {
      const source = imported.flatMap((subpath) => [
        `import * as ${subpath} from 'resilient-sse/${subpath}';`,
        `export const of_${subpath}: object = ${subpath};`,
        // A name that does not exist must not compile: else the types resolved to nothing.
        `// @ts-expect-error\nexport const no_${subpath} = ${subpath}.noSuchExport;`,
      ]);
      consumer.write('consumer.ts', source.join('\n'));
      const strict = {
        module: 'NodeNext',
        target: 'ES2023',
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      };
      const compilerOptions = { ...strict, ...options };
      consumer.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      run(process.execPath, [packageFile('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
    }

    it('has types that a strict consumer on Node can use', () => {
      compileConsumer(subpaths, { types: ['node'], typeRoots: [packageFile('node_modules', '@types')] });
    });

    it('has types for the client that a consumer in a browser can use', () => {
      compileConsumer(['client'], { types: [], lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'] });
    });

    describeApi(() => consumer);
  });
});
