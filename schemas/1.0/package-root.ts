/** Finds the folder of the installed package, where the JSON that is not compiled (schemas, requirements) lies. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = 'resilient-sse';

/** The absolute path of the package's root, found by walking up from this file; the same from source and from `dist`. */
export function packageRoot(): string {
  root ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return root;
}

/** The absolute path of a file of the package, such as `packageFile('spec', '1.0', 'requirements.json')`. */
export function packageFile(...parts: readonly string[]): string {
  return join(packageRoot(), ...parts);
}

let root: string | undefined;

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && nameOf(manifest) === packageName) return folder;
    if (dirname(folder) === folder) {
      throw new Error(
        `no package.json of ${packageName} above ${start}: the installation is incomplete, install it again`,
      );
    }
  }
}

function nameOf(manifest: string): unknown {
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed ? parsed.name : undefined;
}
