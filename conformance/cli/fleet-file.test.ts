/** What a fleet's file may hold, and how each mistake in it is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberOptions, readFleetFile } from './fleet-file.js';

const url = 'http://127.0.0.1:3000/stream';

describe('the file of a fleet', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (content: unknown) => {
    const file = join(folder, 'targets.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readFleetFile(file);
  };

  it('gives its members in order', () => {
    expect(read({ targets: { b: { url }, a: { url, level: 'Core' } } }).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it.each([
    ['{', /no JSON/],
    [{ targets: {} }, /kit\/fleet \(expected .* at \/targets/],
    [{ targets: { '../up': { url } } }, /kit\/fleet/],
    [{ targets: { a: { url: 'ftp://x' } } }, /target "a" is not of the schema kit\/target: expected .* at \/url/],
    [{ targets: { Index: { url } } }, /its report would be the index/],
    [{ targets: { a: { url }, A: { url } } }, /two targets are called "A"/],
  ])('is refused with one clear line: %j', (content, complaint) => {
    expect(() => read(content)).toThrow(complaint);
  });

  const [known, unknown] = [{ TOKEN: 'secret' }, {}];
  const member = { name: 'a', target: { url, headers: { Authorization: 'Bearer $TOKEN' }, baseline: 'known.txt' } };

  it('fills secrets in from the environment, and names the target where one is missing', () => {
    expect(memberOptions(member, folder, known)).toMatchObject({
      options: { level: 'Resume', target: { url, headers: [['Authorization', 'Bearer secret']] } },
      baseline: join(folder, 'known.txt'),
    });
    expect(() => memberOptions(member, folder, unknown)).toThrow(/^target "a": --header Authorization: .*TOKEN/);
  });

  it('cannot change tolerances for one of many', () => {
    expect(() => memberOptions({ name: 'a', target: { url, tolerances: {} } }, folder, {})).toThrow(/tolerances/);
  });
});
