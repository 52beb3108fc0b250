/** What a test needs of the machine: absent on a user's machine it is skipped, and says so; in CI it fails. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that some tests drive, and the Debian package that brings each. */
export const programs = {
  chromium: 'chromium',
  'redis-server': 'redis-server',
  nginx: 'nginx',
  haproxy: 'haproxy',
  promtool: 'prometheus',
  python3: 'python3',
  xmllint: 'libxml2-utils',
  openssl: 'openssl',
  curl: 'curl',
} as const;

export type Program = keyof typeof programs;

/** What to do about a missing program. `skip` is the reason for the test report. */
export type Need = { readonly met: true; readonly path: string } | { readonly met: false; readonly skip: string };

/** Looks a program up in `PATH` and in the folders of system programs. */
export function findProgram(program: Program, environment: NodeJS.ProcessEnv = process.env): Need {
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter(
    (folder) => folder !== '',
  );
  const path = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (path !== undefined) return { met: true, path };
  return { met: false, skip: `needs ${program}: apt-get install ${programs[program]}` };
}

/**
 * For `describe.skipIf(!need.met)`, or `context.skip(need.skip)`. Throws in CI (`CI=true`), where nothing may be skipped
 * for want of a program: `.ci/run` installs them all.
 */
export function needs(program: Program, environment: NodeJS.ProcessEnv = process.env): Need {
  const need = findProgram(program, environment);
  if (!need.met && environment.CI === 'true') throw new Error(`${need.skip} (in CI this is a failure)`);
  return need;
}

/** The path of a program, for use inside of a test that was not skipped. */
export function programPath(program: Program): string {
  const need = needs(program);
  if (!need.met) throw new Error(need.skip);
  return need.path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
