/** The compiled package, for tests that start it as a process. */
import { existsSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';

/** The absolute path of a compiled file, such as `builtFile('conformance/cli/main.js')`. Throws where it was not built. */
export function builtFile(path: string): string {
  const file = packageFile('dist', path);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  return file;
}
