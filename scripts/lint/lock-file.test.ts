import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageFile } from '../../schemas/1.0/package-root.js';
import { lockFileFaults } from './lock-file.js';

it('accepts the lock file of this package', () => {
  expect(lockFileFaults(JSON.parse(readFileSync(packageFile('package-lock.json'), 'utf8')))).toEqual([]);
});

it('refuses the name of a host', () => {
  const packages = { 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' } };
  expect(lockFileFaults({ packages })).toEqual([expect.stringContaining('node_modules/a names the host')]);
});

it('refuses an optional dependency that is not locked, and accepts a nested one', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0', 'a-mac': '1.0.0' } },
    'node_modules/a/node_modules/a-linux': { version: '1.0.0' },
  };
  expect(lockFileFaults({ packages })).toEqual([expect.stringContaining('a-mac')]);
});

it('refuses what is no lock file', () => {
  expect(lockFileFaults(null)).toHaveLength(1);
  expect(lockFileFaults({ packages: 3 })).toHaveLength(1);
});
