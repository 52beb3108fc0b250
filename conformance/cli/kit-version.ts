/** The version of this kit, from the manifest that it was installed with. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';

export function kitVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  const holds = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return holds && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}
