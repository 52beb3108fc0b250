/** A folder outside of the repository that has the packed package installed, and runs what a team would run there. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageFile, packageRoot } from '../../schemas/1.0/package-root.js';
import { builtFile } from '../testing/built.js';

export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'packed-'));
  /** Names of all files in the package. */
  readonly files: readonly string[];
  /** Suites that go on at the same time share them. */
  readonly turns = new Turns(2);
  /** Process groups of scripts, which may have left servers behind, and where they were started. */
  readonly #groups: { readonly id: number; readonly cwd: string }[] = [];
  #scripts = 0;

  constructor() {
    builtFile('conformance/cli/main.js');
    // The tests run on what was built; packing would build again, under the feet of the other tests.
    this.run('npm', ['pack', '--ignore-scripts', '--pack-destination', this.folder], packageRoot());
    const [tarball = ''] = readdirSync(this.folder);
    this.files = this.run('tar', ['--list', '--file', tarball]).split('\n');
    this.write('package.json', '{ "name": "consumer", "private": true, "type": "module" }\n');
    this.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(this.folder, tarball)]);
  }

  /** Standard output of a command that must succeed. */
  run(command: string, args: readonly string[], cwd: string = this.folder): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    expect({ command, args, status, ...(status === 0 ? {} : { stdout, stderr }) }).toEqual({
      command,
      args,
      status: 0,
    });
    return stdout;
  }

  /**
   * Runs a script by a shell, and waits for its end alone: what it left in the background goes on until `stop`. Output
   * goes to a file, because a server in the background would keep a pipe open.
   */
  async script(text: string, { cwd = this.folder, env = {}, shell = 'bash' }: ScriptOptions = {}): Promise<Ended> {
    this.#scripts += 1;
    const log = join(this.folder, `script-${this.#scripts}.log`);
    const output = openSync(log, 'w');
    const child = spawn(shell, shell === 'bash' ? ['-e', '-o', 'pipefail', '-c', text] : ['-e', '-c', text], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
      detached: true,
    });
    if (child.pid !== undefined) this.#groups.push({ id: child.pid, cwd });
    await once(child, 'exit');
    return { code: child.exitCode, output: readFileSync(log, 'utf8') };
  }

  /** Ends what scripts left behind, all or those of a folder. */
  stop(cwd?: string): void {
    const ended = this.#groups.filter((group) => cwd === undefined || group.cwd === cwd);
    for (const group of ended) {
      this.#groups.splice(this.#groups.indexOf(group), 1);
      try {
        process.kill(-group.id, 'SIGTERM');
      } catch {
        // Nothing was left.
      }
    }
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** An empty folder inside, with files. */
  subfolder(name: string, files: Readonly<Record<string, string>> = {}): string {
    const path = join(this.folder, name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  }

  /** A peer that the package leaves to its user: the repository's own is linked, which saves an install. */
  link(name: string): void {
    mkdirSync(join(this.folder, 'node_modules', '@types'), { recursive: true });
    symlinkSync(packageFile('node_modules', name), join(this.folder, 'node_modules', name));
  }

  remove(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface ScriptOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: 'bash' | 'sh';
}

/** Lets so many works go on at the same time: runs mostly wait, but too many of them keep each other from their times. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** True where nothing listens on the port. */
export async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  server.close();
  return free;
}

/** Documents name the port 8080, which may be taken on the machine of the test. */
export function onPort(port: number, text: string): string {
  return text.replaceAll('8080', String(port));
}
