import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KitError } from '../kit-error.js';
import { connection, heartbeatText, scenario } from './fixture.js';
import { loadTranscripts, parseTranscript, prepareTranscripts, storeTranscripts } from './store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcripts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const transcript = scenario('cap', [connection({ sse: [[20, heartbeatText()]] })], { notes: { cutAfterId: 3 } });

describe('stored transcripts', () => {
  it('come back as they were, each attempt in a file of its own', async () => {
    const again = { ...transcript, attempt: 2 };
    await storeTranscripts(folder, [transcript, again]);
    expect((await readdir(folder)).sort()).toEqual(['cap.2.json', 'cap.json']);
    expect(await loadTranscripts(folder)).toEqual([again, transcript]);
  });

  it('need a folder that can be written to, before the run begins', async () => {
    const wanted = join(folder, 'a', 'b');
    await prepareTranscripts(wanted);
    expect(await readdir(wanted)).toEqual([]);
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(prepareTranscripts(join(file, 'x'))).rejects.toMatchObject({ code: 'usage' });
    await expect(storeTranscripts(join(file, 'x'), [transcript])).rejects.toMatchObject({ code: 'kit' });
  });

  it('must be there', async () => {
    await expect(loadTranscripts(join(folder, 'none'))).rejects.toBeInstanceOf(KitError);
    await expect(loadTranscripts(folder)).rejects.toMatchObject({ message: expect.stringContaining('found none') });
    await mkdir(join(folder, 'x.json'));
    await expect(loadTranscripts(folder)).rejects.toBeInstanceOf(KitError);
  });

  it('are no more than a run makes', async () => {
    for (let index = 0; index <= 200; index += 1) {
      await writeFile(join(folder, `${index}.json`), '');
    }
    await expect(loadTranscripts(folder)).rejects.toMatchObject({ message: expect.stringContaining('at most 200') });
  });

  it.each([
    ['no JSON', '{', /no JSON/],
    ['something else', '{"schema":"x"}', /expected .* got/],
    ['a scenario that names another file', JSON.stringify({ ...transcript, scenario: '../../x' }), /scenario/],
    ['a chunk that is no base64', JSON.stringify(transcript).replace(/"base64":"[^"]*"/, '"base64":"*"'), /base64/],
    ['a deep nest', '['.repeat(100_000), /no JSON/],
  ])('are refused where they are %s, in one line', (_, text, message) => {
    const parse = (): unknown => parseTranscript(text, 'x.json');
    expect(parse).toThrow(KitError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^[^\n]*$/);
  });
});
