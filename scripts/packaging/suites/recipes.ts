/** Every command of the recipes, the generated jobs and the action is run from the packed package, word for word. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { packageFile } from '../../../schemas/1.0/package-root.js';
import { isOfSchema } from '../../../schemas/1.0/validate.js';
import { findFreePort } from '../../testing/free-port.js';
import { type Consumer, isFree, onPort } from '../consumer.js';

const recipe = (name: string): string => readFileSync(packageFile('docs', 'recipes', name), 'utf8');
const version: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version;

const configuration = (port: number) => ({ 'conformance.json': onPort(port, recipe('conformance.json')) });

const noFiles = () => ({});

export function describeRecipes(consumer: () => Consumer): void {
  // They grade all there is, times included: a machine that is too busy for that says so, and gets another try.
  describe.concurrent('recipes', { retry: 2, timeout: 300_000 }, () => {
    /** The work is given a folder and a port of its own; what it leaves running there is ended after it. */
    const inFolder = (
      name: string,
      files: (port: number) => Readonly<Record<string, string>>,
      work: (cwd: string, port: number) => Promise<void>,
    ) =>
      consumer().turns.take(async () => {
        const port = await findFreePort();
        const cwd = consumer().subfolder(name, files(port));
        await work(cwd, port).finally(() => consumer().stop(cwd));
      });

    it('name this version of the package, and no other', () => {
      const texts = ['github-actions.yml', 'gitlab-ci.yml', 'Jenkinsfile', 'conformance.sh', 'Containerfile'].map(
        recipe,
      );
      const named = texts.flatMap((text) => [...text.matchAll(/resilient-sse@(\S+)/g)].map(([, found]) => found));
      expect(named.length).toBeGreaterThanOrEqual(texts.length);
      expect(new Set(named)).toEqual(new Set([version]));
      expect(parse(readFileSync(packageFile('action.yml'), 'utf8')).inputs.version.default).toBe(version);
    });

    it.each([
      ['github', '.github/workflows/conformance.yml', ['report.html', 'report.json']],
      ['gitlab', '.gitlab-ci.yml', ['report.html', 'report.xml']],
    ] as const)('init --yes writes a job for %s that passes', (ci, file, reports) =>
      inFolder(ci, noFiles, async (cwd, port) => {
        expect((await consumer().script(`npx resilient-sse init --yes --ci ${ci}`, { cwd })).code).toBe(0);
        const written = join(cwd, 'conformance.json');
        writeFileSync(written, onPort(port, readFileSync(written, 'utf8')));
        const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
        for (const command of commandsIn(parse(readFileSync(join(cwd, file), 'utf8')))) {
          expect(await consumer().script(onPort(port, command), { cwd, env })).toMatchObject({ code: 0 });
        }
        for (const report of reports) expect(existsSync(join(cwd, 'conformance', report))).toBe(true);
        if (ci === 'github') expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^## ✅ .* grade A\+/);
      }),
    );

    it('Jenkinsfile', () =>
      inFolder('jenkins', configuration, async (cwd, port) => {
        const [, script = ''] = /sh '''(.*?)'''/s.exec(recipe('Jenkinsfile')) ?? [];
        // In a string of Groovy a backslash takes the end of the line away.
        const text = onPort(port, script.replaceAll('\\\n', ''));
        expect(await consumer().script(text, { cwd, shell: 'sh' })).toMatchObject({ code: 0 });
        expect(existsSync(join(cwd, 'conformance', 'report.xml'))).toBe(true);
      }));

    it('conformance.sh, which leaves no server behind', () =>
      inFolder('shell', configuration, async (cwd, port) => {
        writeFileSync(join(cwd, 'conformance.sh'), onPort(port, recipe('conformance.sh')));
        const { code, output } = await consumer().script('bash conformance.sh', { cwd });
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('conforms to Resume') });
        expect(readFileSync(join(cwd, 'conformance', 'badge.svg'), 'utf8')).toContain('<svg');
        await vi.waitUntil(() => isFree(port), { timeout: 30_000 });
      }));

    it('Containerfile', () =>
      inFolder('container', noFiles, async (cwd) => {
        const text = recipe('Containerfile');
        // What the image installs is what this folder has installed: the version under test may not be published yet.
        expect(text).toContain(`\nRUN npm install --global resilient-sse@${String(version)}\n`);
        const words = ['ENTRYPOINT', 'CMD'].flatMap((name): string[] =>
          JSON.parse(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '[]'),
        );
        const command = [join(consumer().folder, 'node_modules', '.bin', words[0] ?? ''), ...words.slice(1)].join(' ');
        expect((await consumer().script(command, { cwd })).output).toContain('Grade A+');
      }));

    it('the action tells grade and path, annotates, and sums up', () =>
      inFolder('action', configuration, async (cwd, port) => {
        const action: Action = parse(readFileSync(packageFile('action.yml'), 'utf8'));
        const [step] = action.runs.steps;
        const given: Readonly<Record<string, string>> = {
          level: 'Core',
          arguments: '--only\nTRACE, ID\n',
        };
        const fillIn = (expression: string) =>
          expression.replace(
            /\$\{\{ inputs\.(\w+) \}\}/,
            (_, name: string) => given[name] ?? action.inputs[name]?.default ?? '',
          );
        const env = {
          ...Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, value]) => [name, fillIn(value)])),
          RUNNER_TEMP: cwd,
          GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'),
          GITHUB_OUTPUT: join(cwd, 'outputs'),
        };
        await consumer().script(`npx resilient-sse serve --fast --port ${port} &`, { cwd });
        const { code, output } = await consumer().script(step?.run ?? 'exit 9', { cwd, env });
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('::notice title=') });
        expect(readFileSync(env.GITHUB_OUTPUT, 'utf8')).toMatch(
          /^grade=A\+?\nconforms=true\njson=conformance\/report.json\n$/,
        );
        const report: unknown = JSON.parse(readFileSync(join(cwd, 'conformance', 'report.json'), 'utf8'));
        expect(isOfSchema('report', report) && report.asked).toMatchObject({ level: 'Core', only: ['TRACE', 'ID'] });
        expect(existsSync(join(cwd, 'conformance', 'report.html'))).toBe(true);
      }));
  });
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: {
    readonly steps: readonly { readonly run: string; readonly env: Readonly<Record<string, string>> }[];
  };
}

/** `run` of every step of a workflow, `script` of a job; each is a process of its own in CI. */
function commandsIn(document: unknown): readonly string[] {
  const found: string[] = [];
  JSON.stringify(document, (name, value: unknown) => {
    if (name === 'run' && typeof value === 'string') found.push(value);
    if (name === 'script' && Array.isArray(value)) found.push(value.join('\n'));
    return value;
  });
  expect(found.length).toBeGreaterThan(0);
  return found;
}
