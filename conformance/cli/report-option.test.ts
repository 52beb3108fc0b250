import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkWritable, readReportTargets, writeReportFile } from './report-option.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('--report', () => {
  it('is the terminal report where nothing else takes standard output', () => {
    expect(readReportTargets([])).toEqual([{ format: 'terminal', file: undefined }]);
    expect(readReportTargets(['json'])).toEqual([{ format: 'json', file: undefined }]);
    expect(readReportTargets(['json=out.json'])).toEqual([
      { format: 'terminal', file: undefined },
      { format: 'json', file: resolve('out.json') },
    ]);
  });

  it.each([
    [['yaml'], 'expected one of terminal'],
    [['json='], 'expected a file after "json="'],
    [['json', 'terminal'], 'json and terminal would mix'],
    [['json=a', 'terminal=./a'], 'cannot go to one file'],
    [['__proto__'], 'expected one of'],
  ])('%j is refused', (given, reason) => {
    expect(() => readReportTargets(given)).toThrow(reason);
  });
});

describe('checkWritable', () => {
  const check = (file: string) => checkWritable([{ format: 'json', file }]);

  it('makes missing folders and leaves no file behind', () => {
    const file = join(folder, 'deep', 'er', 'report.json');
    check(file);
    expect(existsSync(join(folder, 'deep', 'er'))).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('leaves an existing file as it was', () => {
    const file = join(folder, 'old.json');
    writeFileSync(file, 'old');
    check(file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    writeReportFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('refuses a folder, and a file below a file', () => {
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'file'), '');
    expect(() => check(join(folder, 'folder'))).toThrow(/cannot write .*EISDIR/);
    expect(() => check(join(folder, 'file', 'report.json'))).toThrow(/cannot write .*(ENOTDIR|EEXIST)/);
  });
});
