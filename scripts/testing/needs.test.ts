import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from './needs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'needs-'));
  writeFileSync(join(folder, 'xmllint'), '#!/bin/sh\n');
  writeFileSync(join(folder, 'chromium'), 'not executable');
  chmodSync(join(folder, 'xmllint'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('finds a program in the path', () => {
  expect(needs('xmllint', { PATH: folder })).toEqual({ met: true, path: join(folder, 'xmllint') });
});

it('says how to get a missing one', () => {
  expect(needs('chromium', { PATH: folder })).toEqual({ met: false, skip: 'needs chromium: apt-get install chromium' });
});

it('fails in CI where one is missing', () => {
  expect(() => needs('chromium', { PATH: folder, CI: 'true' })).toThrow('apt-get install chromium');
});
