/**
 * `npm run results:servers`: grades the servers of `docs/results/servers/` and writes a report of each and the page that
 * compares them. Arguments: names of set-ups to grade again, default all. `--dist FOLDER` for another build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFile } from '../../schemas/1.0/package-root.js';
import type { Report } from '../../schemas/1.0/types/report.js';
import { isOfSchema } from '../../schemas/1.0/validate.js';
import { type Graded, renderPage } from './page.js';
import { startProxy, startServer } from './started.js';

const here = packageFile('docs', 'results', 'servers');
const { values, positionals } = parseArgs({
  options: { dist: { type: 'string', default: packageFile('dist') } },
  allowPositionals: true,
});

interface Setup {
  readonly name: string;
  /** Of `docs/results/servers/`, or `reference`. */
  readonly folder: string;
  /** A file of `proxies/`. */
  readonly proxy?: string;
}

function readSetups(): readonly Setup[] {
  const value: readonly Setup[] = JSON.parse(readFileSync(join(here, 'setups.json'), 'utf8'));
  return value;
}

/** Keeps the report, unless the machine was too busy for some of it. */
async function grade({ name, folder: served, proxy }: Setup): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  const server = await startServer(served, values.dist);
  const target = proxy === undefined ? server : await startProxy(server, proxy);
  try {
    const file = join(folder, 'report.json');
    const program = join(values.dist, 'conformance', 'cli', 'main.js');
    const occasions = target.occasions.flatMap((one) => ['--occasion', one]);
    const args = [program, 'run', '--target', target.url, ...occasions, '--report', `json=${file}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'close');
    if (code !== 0 && code !== 1) throw new Error(`${name}: the run ended with exit code ${code}`);
    const text = readFileSync(file, 'utf8');
    const report: unknown = JSON.parse(text);
    const isSound = isOfSchema('report', report) && !wasStarved(report);
    if (isSound) writeFileSync(join(here, `${name}.json`), text);
    console.log(isSound ? `${name}: graded` : `${name}: not kept, this machine was too busy: run it again`);
    process.exitCode = isSound ? process.exitCode : 1;
  } finally {
    if (target !== server) await target.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** True where something was not seen because of this machine, not because of the target. */
function wasStarved({ summary, requirements }: Report): boolean {
  return summary.inconclusive > 0 || requirements.some(({ reason = '' }) => reason.includes("the run's time was up"));
}

/** Such as `hono 4.13.19`, from what is installed. */
function versionOf(folder: string): string {
  if (folder === 'reference') return 'the reference server';
  const { dependencies = {} }: { dependencies?: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(here, folder, 'package.json'), 'utf8'),
  );
  const library = Object.keys(dependencies).find((name) => name.replace(/^@(.*)\/(.*)$/, '$1-$2') === folder);
  return library === undefined ? `node:http ${process.version}` : `${library} ${dependencies[library]}`;
}

function versionOfProxy(proxy: string | undefined): string {
  if (proxy === undefined) return '';
  const [program = ''] = proxy.split(/[-.]/);
  const { stdout, stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' });
  const [version = ''] = /\d+\.\d+\.\d+/.exec(stdout + stderr) ?? [];
  return `${proxy.replace(/\..*/, '').replace('-', ', ').replace(program, `${program} ${version}`)}`;
}

const setups = readSetups();
for (const setup of setups) {
  if (positionals.length === 0 || positionals.includes(setup.name)) await grade(setup);
}
const graded = setups.flatMap(({ name, folder, proxy }): Graded[] => {
  const file = join(here, `${name}.json`);
  const report: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return isOfSchema('report', report)
    ? [{ name, server: versionOf(folder), proxy: versionOfProxy(proxy), report }]
    : [];
});
writeFileSync(join(here, 'README.md'), renderPage(graded));
