import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../schemas/1.0/package-root.js';
import { requirementsEver } from './requirements-history.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });

function commit(requirements: readonly object[]): void {
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify({ spec: '1.0', requirements }, null, 2)}\n`);
  git('add', '.');
  git('commit', '-m', 'index', '--no-gpg-sign');
}

it('remembers what a later version dropped or changed', () => {
  git('init');
  commit([
    { id: 'ID-001', keyword: 'MUST', sentence: 'a } b' },
    { id: 'ID-002', keyword: 'MUST' },
  ]);
  commit([{ id: 'ID-001', keyword: 'SHOULD' }]);
  commit([{ id: 'ID-001', keyword: 'SHOULD', title: 'reworded' }]);
  const ever = requirementsEver(folder, 'index.json').map(({ id, keyword }) => `${id} ${keyword}`);
  expect(ever.sort()).toEqual(['ID-001 MUST', 'ID-001 SHOULD', 'ID-002 MUST']);
});

it('is empty outside of a repository', () => {
  expect(requirementsEver(folder, 'index.json')).toEqual([]);
});

it('reads the history of this repository', () => {
  const ids = new Set(requirementsEver(packageRoot(), 'spec/1.0/requirements.json').map(({ id }) => id));
  expect(ids.size).toBeGreaterThan(100);
});
