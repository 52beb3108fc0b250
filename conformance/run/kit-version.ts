/** The version of this kit, as its package says. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../schemas/1.0/package-root.js';

export function kitVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return typeof version === 'string' && version !== '' ? version : '0.0.0';
}
