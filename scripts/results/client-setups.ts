/** The clients whose results are published: how each is installed, built and named to the kit. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programPath } from '../testing/needs.js';

/** An entry of `setups.json`. */
export interface ClientSetup {
  readonly name: string;
  readonly folder: string;
  /** `command`: `client.js` in Node; `page`: `page.js` in Chromium; the reference needs no folder. */
  readonly kind: 'command' | 'page' | 'reference' | 'reference-page';
  /** What the table says of a part of the reference. */
  readonly of?: string;
}

export interface Ready {
  /** Options of `conformance run`. */
  readonly args: readonly string[];
  /** Where it is run, so that the report names no folder of this machine. */
  readonly cwd: string;
  /** A folder to remove afterwards. */
  readonly temporary?: string;
}

/** Installs and builds. Throws what npm or esbuild have to say. */
export async function prepare({ name, folder, kind }: ClientSetup, here: string, dist: string): Promise<Ready> {
  if (kind === 'reference') return { args: ['--client', 'reference'], cwd: here };
  if (kind === 'reference-page') {
    const page = name.endsWith('eventsource') ? 'eventsource.html' : 'fetch.html';
    return { args: ['--browser', page], cwd: join(dist, 'reference', 'client', 'adapter-page') };
  }
  const source = join(here, folder);
  install(source);
  if (kind === 'command') return { args: ['--client', 'node client.js'], cwd: source };
  const temporary = mkdtempSync(join(tmpdir(), 'results-page-'));
  await build({
    entryPoints: [join(source, 'page.js')],
    outdir: temporary,
    bundle: true,
    format: 'esm',
    target: ['es2022'],
    alias: { 'resilient-sse/react': join(dist, 'reference', 'react', 'index.js') },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  copyFileSync(join(here, 'page.html'), join(temporary, 'page.html'));
  return { args: ['--browser', 'page.html'], cwd: temporary, temporary };
}

function install(cwd: string): void {
  if (!existsSync(join(cwd, 'package-lock.json')) || existsSync(join(cwd, 'node_modules'))) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci failed in ${cwd}`);
}

/** Such as `eventsource 4.1.1`, from what is installed. */
export function versionOf({ folder, of }: ClientSetup, here: string): string {
  if (of !== undefined) return `the reference client: ${of}`;
  const file = join(here, folder, 'package.json');
  if (!existsSync(file)) {
    const { stdout } = spawnSync(programPath('chromium'), ['--version'], { encoding: 'utf8' });
    return `EventSource of Chromium ${/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? ''}`;
  }
  const { dependencies = {} }: { dependencies?: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return Object.entries(dependencies)
    .map(([library, version]) => `${library} ${version}`)
    .join(', ');
}
