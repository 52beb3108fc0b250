import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KitError } from '../kit-error.js';
import { diffSpecs, renderSpecDiff } from './diff.js';
import { readSide } from './read-side.js';

const before = '### ID-001 One\n\n> The server MUST send 1.\n\n### ID-002 Two\n\n> The client SHOULD take 2.\n';
const after =
  '### ID-001 One\n\n> The server SHOULD send one.\n\nRetired: 1.1\n\n### ID-003 Three\n\n> The client MAY take 3.\n';

let folder: string;
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spec-diff-'));
  mkdirSync(join(folder, 'spec', '1.0'), { recursive: true });
  git('init');
  writeFileSync(join(folder, 'spec', '1.0', '40-ids.md'), before);
  git('add', '.');
  git('commit', '-m', 'before', '--no-gpg-sign');
  writeFileSync(join(folder, 'spec', '1.0', '40-ids.md'), after);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the difference of two specs', () => {
  it('names what was added, removed, reworded, re-levelled and retired', () => {
    const now = join(folder, 'spec', '1.0');
    const text = renderSpecDiff(diffSpecs(readSide('HEAD', folder), readSide(now)), 'HEAD', 'now');
    expect(text).toBe(`# Requirements, HEAD → now

## Added (1)

- **ID-003** (MAY, Resume, client): The client MAY take 3.

## Removed (1)

- **ID-002** (SHOULD, Resume, client): The client SHOULD take 2.

## Reworded (1)

- **ID-001**
  - The server MUST send 1.
  - The server SHOULD send one.

## Re-levelled (1)

- **ID-001** key word: MUST → SHOULD

## Retired (1)

- **ID-001** 1.1
`);
  });

  it('says so where there is none', () => {
    const side = readSide('1.0');
    expect(side.length).toBeGreaterThan(100);
    expect(renderSpecDiff(diffSpecs(side, side), '1.0', '1.0')).toContain('No requirement differs.');
  });

  it('reads a revision from below the root and with a path', () => {
    expect(readSide('HEAD:spec/1.0/', join(folder, 'spec'))).toHaveLength(2);
  });

  it.each(['9.9', 'nowhere', 'HEAD:nowhere', '--upload-pack=x', ''])('refuses %s in one line', (name) => {
    const read = () => readSide(name, folder);
    expect(read).toThrow(KitError);
    expect(read).toThrow(/^expected [^\n]*$/);
  });
});
